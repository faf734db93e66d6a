"""The address book and the text blocks, and what a person says of a domain."""

from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

from sync.feed import Contact, TextBlock
from sync.store.book import MAX_EMAILS
from webmail.wire.bounds import Id, Line, Strict

Note = Annotated[str, StringConstraints(max_length=5_000)]
MAX_IMPORT = 250


class ContactBody(Strict):
    """The whole contact: what is left out is empty."""

    name: Line = ""
    emails: Annotated[list[Line], Field(min_length=1, max_length=MAX_EMAILS)]
    phone: Line = ""
    organisation: Line = ""
    note: Note = ""

    def value(self, contact_id: str) -> Contact:
        return Contact(
            id=contact_id,
            name=self.name,
            emails=self.emails,
            phone=self.phone,
            organisation=self.organisation,
            note=self.note,
            seq=0,
        )


class ImportedContactBody(ContactBody):
    id: Id


class ImportBody(Strict):
    contacts: Annotated[list[ImportedContactBody], Field(min_length=1, max_length=MAX_IMPORT)]


class ImportedRow(Schema):
    added: int
    merged: int


class TextBlockBody(Strict):
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]

    def value(self, block_id: str) -> TextBlock:
        return TextBlock(id=block_id, title=self.title, text=self.text, seq=0)


class DomainBody(Strict):
    """`protected`: HIN encrypts mail to it without a marker. Else it is not suggested again."""

    domain: Line
    protected: bool
