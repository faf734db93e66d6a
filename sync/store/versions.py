"""A draft's version that was just stored on the server, brought into the tables in one transaction with its journal."""

import uuid
from collections.abc import Sequence

from sync.models import Action, Draft, Folder, Message, Step
from sync.plan.actions import Outcome, QueuedAction
from sync.store.actions import JournalStep, put_state, step_of
from sync.store.commit import change
from sync.store.drafts import Version, write_draft


def store(
    account_id: str, fence: int, action: QueuedAction, version: Version, *, repeats: Sequence[int]
) -> JournalStep | None:
    """The draft's message is this version from now on. `repeats`: UIDs of the same version that are too many.

    → the step that removes what is older, journaled; None when there is nothing to remove: then the action is settled.
    Raises FenceLost, NotYours.
    """
    with change(account_id, fence) as made:
        row = Action.objects.get(pk=action.pk)
        older = [*repeats, *_older(account_id, version)]
        write_draft(made, version, device=action.device, device_name=action.device_name)
        Step.objects.filter(action=row).delete()
        if not older:
            outcome = _outcome(action, version.draft)
            put_state(made, row, outcome.state, outcome.detail, outcome.place)
            return None
        folder = Folder.objects.get(pk=version.folder)
        step = Step.objects.create(
            action=row,
            kind="clear",
            folder=folder,
            uidvalidity=folder.uidvalidity or 0,
            uids={str(uid): uid for uid in older},
            mark=version.draft,
            fence=fence,
        )
        return step_of(step)


def outcome_of(step: JournalStep) -> Outcome:
    """Of an action whose last step was to remove what is older."""
    return _outcome(step.action, step.mark)


def _outcome(action: QueuedAction, draft_id: str) -> Outcome:
    if draft_id == action.id:
        return Outcome(state="conflict", detail="second_draft", place=draft_id)
    return Outcome(state="done", detail="", place=draft_id)


def _older(account_id: str, version: Version) -> list[int]:
    """The UID of the version before, as long as it lies in the same folder. A second draft replaces nothing."""
    held = Draft.objects.filter(pk=version.draft).values_list("message_id", flat=True).first()
    if held is None and version.draft == version.composition.draft and version.composition.replaces:
        held = uuid.UUID(version.composition.replaces)
    if held is None:
        return []
    rows = Message.objects.filter(account_id=account_id, pk=held, folder_id=version.folder, uid__isnull=False)
    return [uid for uid in rows.values_list("uid", flat=True) if uid is not None and uid != version.new.uid]
