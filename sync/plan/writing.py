"""Drafts and replies: may this version replace the one in Drafts, and may this reply still go?

A draft has one line of versions. Who saves without having seen what somebody else saved gets a line of their own; who
goes on after it was sent or thrown away elsewhere likewise: text is never lost and never overwrites text.

A reply that was decided a while ago is held when somebody answered meanwhile, or threw the mail away: its writer
decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Saving = Literal["replace", "second", "ended"]
REPLIES = ("reply", "reply_all")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftNow:
    """A draft as the tables have it. `device` saved or ended it last ("" is another mail program)."""

    id: str
    message: str
    original: str
    message_id: str
    device: str
    saved_seq: int
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalNow:
    """The mail that is answered. Seqs say when browsers knew; devices say by whom ("" is another mail program)."""

    answered_seq: int
    answered_by: str
    is_being_answered: bool  # by another device, whose answer is on its way
    in_trash: bool
    moved_seq: int
    moved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNow:
    """A mail in Sent that answers the same original."""

    id: str
    created_seq: int
    by_writer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """`code`: answer_sent (`where` names the answer), answered or in_trash."""

    code: str
    where: str = ""


def plan_save(now: DraftNow | None, *, device: str, base: int) -> Saving:
    """`base`: the seq of the version that the writer's editor was opened with."""
    if now is None:
        return "replace"
    if now.device == device:
        return "ended" if now.ended else "replace"
    return "second" if now.ended or now.saved_seq > base else "replace"


def hold_reason(
    original: OriginalNow | None, answers: Sequence[AnswerNow], *, base_seq: int, device: str
) -> Hold | None:
    """What happened since `base_seq` that the writer had not seen. A mail that is gone for good holds nothing."""
    for answer in sorted(answers, key=lambda item: item.created_seq, reverse=True):
        if answer.created_seq > base_seq and not answer.by_writer:
            return Hold(code="answer_sent", where=answer.id)
    if original is None:
        return None
    if original.is_being_answered or (original.answered_seq > base_seq and original.answered_by != device):
        return Hold(code="answered")
    if original.in_trash and original.moved_seq > base_seq and original.moved_by != device:
        return Hold(code="in_trash")
    return None
