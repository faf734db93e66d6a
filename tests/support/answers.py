"""Answers as a server writes them: the pieces that scripted servers of these tests are made of."""

from sync.mail import Fetched

BODY = b"Date: x\r\nSubject: {5}\r\n\r\n* 1 FETCH ()\r\nA1 OK\r\n"


def literal(data: bytes) -> bytes:
    return b"{%d}\r\n%s" % (len(data), data)


def message(uid: int, *, structure: bytes = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3 1)', rest: bytes = b"") -> bytes:
    header = literal(b"Subject: mail %d\r\n\r\n" % uid)
    return (
        b'* %d FETCH (UID %d FLAGS (\\Seen) INTERNALDATE "01-Mar-2026 10:00:00 +0100" RFC822.SIZE 123 BODYSTRUCTURE %s '
        b"BODY[HEADER.FIELDS (DATE FROM TO CC BCC REPLY-TO SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES LIST-POST)] "
        b"%s%s)\r\n"
    ) % (uid, uid, structure, header, rest)


def subjects(found: list[Fetched]) -> dict[int, bytes]:
    return {item.uid: item.header.strip() for item in found}
