"""The address book and the text blocks: each entry for itself, shared by everybody on the mailbox, told by the feed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from ninja import Router, Status

from sync.store import accounts, book
from webmail import access
from webmail.api.auth import Coded, device_of, signed_in
from webmail.wire.book import ContactBody, DomainBody, ImportBody, ImportedRow, TextBlockBody
from webmail.wire.bounds import Id

router = Router(tags=["book"], auth=signed_in)


@router.put("/contacts/{contact_id}", response={204: None})
def put_contact(request: HttpRequest, contact_id: Id, body: ContactBody) -> Status[None]:
    device = device_of(request)
    contact = body.value(access.contact(device, contact_id))
    with _told():
        book.put(device.account_id, contact)
    return Status(204, None)


@router.delete("/contacts/{contact_id}", response={204: None})
def delete_contact(request: HttpRequest, contact_id: Id) -> Status[None]:
    device = device_of(request)
    book.remove(device.account_id, "contact", access.contact(device, contact_id))
    return Status(204, None)


@router.post("/contacts", response=ImportedRow)
def post_contacts(request: HttpRequest, body: ImportBody) -> ImportedRow:
    """Take many in. Those who share an address become one; nothing that is there is overwritten."""
    device = device_of(request)
    access.contacts(device, [one.id for one in body.contacts])
    contacts = [one.value(one.id) for one in body.contacts]
    with _told():
        done = book.import_contacts(device.account_id, contacts)
    return ImportedRow(added=done.added, merged=done.merged)


@router.put("/blocks/{block_id}", response={204: None})
def put_block(request: HttpRequest, block_id: Id, body: TextBlockBody) -> Status[None]:
    device = device_of(request)
    block = body.value(access.text_block(device, block_id))
    with _told():
        book.put(device.account_id, block)
    return Status(204, None)


@router.delete("/blocks/{block_id}", response={204: None})
def delete_block(request: HttpRequest, block_id: Id) -> Status[None]:
    device = device_of(request)
    book.remove(device.account_id, "block", access.text_block(device, block_id))
    return Status(204, None)


@router.put("/domains", response={204: None})
def put_domain(request: HttpRequest, body: DomainBody) -> Status[None]:
    """A person's word on one domain."""
    try:
        accounts.judge_domain(device_of(request).account_id, body.domain, protected=body.protected)
    except ValueError:
        raise Coded(422, "bad_domain") from None
    return Status(204, None)


@contextmanager
def _told() -> Iterator[None]:
    """What a store refuses, in the screen's codes. Raises Coded, Missing."""
    try:
        yield
    except ValueError:
        raise Coded(422, "bad_address") from None
    except book.BookFull:
        raise Coded(422, "full") from None
    except book.NotYours:
        raise access.Missing("entry") from None
