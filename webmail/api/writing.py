"""What writing needs beside the outbox: identities, protected domains, the SMTP server, files on their way up."""

from django.http import HttpRequest
from ninja import Router, Status

from sync.feed import Composition
from sync.store import accounts, drafts, uploads
from webmail import access
from webmail.accounts.smtp import SmtpRefused, choose_smtp
from webmail.api.auth import Coded, account_of, device_of, signed_in
from webmail.wire.bounds import Id
from webmail.wire.mirror import Refusal
from webmail.wire.writing import SmtpBody, Upload, UploadBody, WritingBody

router = Router(tags=["writing"], auth=signed_in)
CHUNK_BYTES = 256 * 1024


@router.put("/writing", response={204: None})
def put_writing(request: HttpRequest, body: WritingBody) -> Status[None]:
    """Replaces the identities; every browser of the account hears of it by the feed."""
    identities = [identity.value() for identity in body.identities]
    try:
        accounts.set_writing(account_of(request), identities, body.protected_domains, keep_html=body.silent())
    except ValueError:
        raise Coded(422, "bad_address") from None
    except accounts.SignaturesTooLarge:
        raise Coded(422, "signatures_too_large") from None
    return Status(204, None)


@router.put("/smtp", response={204: None, 422: Refusal})
def put_smtp(request: HttpRequest, body: SmtpBody) -> Status[None]:
    """The SMTP server, proven by signing in to it with the account's own secret."""
    try:
        choose_smtp(account_of(request), host=body.host, port=body.port, security=body.security)
    except SmtpRefused as error:
        raise Coded(422, error.code) from None
    return Status(204, None)


@router.post("/uploads", response=Upload)
def post_upload(request: HttpRequest, body: UploadBody) -> Upload:
    """Begin an upload, or ask how much of it is here."""
    try:
        received = uploads.begin(account_of(request), body.id, body.size, body.sha256)
    except uploads.TooLarge:
        raise Coded(413, "too_large") from None
    except uploads.NotYours:
        raise access.Missing("upload") from None
    return Upload(id=body.id, received=received)


@router.put("/uploads/{upload_id}/{offset}", response=Upload)
def put_chunk(request: HttpRequest, upload_id: Id, offset: int) -> Upload:
    """The bytes from `offset` on; one that is not the next is answered with what is here."""
    chunk = request.body
    if not 0 < len(chunk) <= CHUNK_BYTES:
        raise Coded(422, "bad_input")
    received = uploads.append(access.upload(device_of(request), upload_id), offset, chunk)
    return Upload(id=upload_id, received=received)


@router.get("/actions/{action_id}/composition", response=Composition)
def get_composition(request: HttpRequest, action_id: Id) -> Composition:
    """What a held, failed or unclear mail says, for whoever decides on it; 404 once it is settled for good."""
    found = drafts.composition_of(account_of(request), access.action(device_of(request), action_id))
    if found is None:
        raise access.Missing("composition")
    return found
