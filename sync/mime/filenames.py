"""What an attachment is called when its sender did not say."""

from sync.mime.clean import clean_filename

# By hand instead of `mimetypes`: that reads the machine's own tables, and two workers must agree.
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/plain": "txt",
    "text/html": "html",
    "text/csv": "csv",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}
_WHOLE = {
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "text/rfc822-headers": "headers.txt",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.txt",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/ms-tnef": "winmail.dat",
}


def default_filename(media_type: str, path: str) -> str:
    """`part-1.2.pdf`, or the customary name where there is one."""
    whole = _WHOLE.get(media_type)
    return whole if whole is not None else f"part-{path}.{_EXTENSIONS.get(media_type, 'bin')}"


def message_filename(subject: str) -> str:
    """For a forwarded message: its subject, so that a list of them can be told apart."""
    whole = subject.replace("/", "-").replace("\\", "-")  # a date or a choice of words, not a path
    return (clean_filename(whole)[:120].strip(". ") or "message") + ".eml"
