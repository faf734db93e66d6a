"""The outbox's other end."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from sync.feed import Composition
from sync.store import actions
from sync.store.actions import Intent
from webmail import access
from webmail.api.auth import device_of, signed_in
from webmail.wire.actions import Accepted, ActionBody, ActionsBody, read_args
from webmail.wire.bounds import MAX_NUMBER, Id
from webmail.wire.mirror import Refused

router = Router(tags=["actions"], auth=signed_in)


@router.post("/actions", response=Accepted)
def post_actions(request: HttpRequest, body: ActionsBody) -> Accepted:
    """Accepted means durable. A repeat of an id answers with what became of it the first time."""
    device = device_of(request)
    intents: list[Intent] = []
    refused: list[Refused] = []
    for item in body.actions:
        try:
            intents.append(_intent(device, item))
        except ValueError:
            refused.append(Refused(id=item.id, code="bad_input"))
        except access.Missing:
            refused.append(Refused(id=item.id, code="no_folder" if item.kind == "move" else "missing"))
    # What a repeat needs (its files, a folder) may be gone by now, because it was carried out.
    accepted = actions.answer_again(device.account_id, [item.id for item in refused]) if refused else []
    known = {row.id for row in accepted}
    if intents:
        accepted += actions.enqueue(
            device.account_id, device_id=str(device.pk), device_name=device.name, person="", intents=intents
        )
    return Accepted(accepted=accepted, refused=[item for item in refused if item.id not in known])


@router.post("/actions/{action_id}/retry", response=Accepted)
def post_retry(request: HttpRequest, action_id: Id) -> Accepted:
    device = device_of(request)
    actions.retry(device.account_id, access.action(device, action_id))
    return Accepted(accepted=[], refused=[])


@router.post("/actions/{action_id}/discard", response=Accepted)
def post_discard(request: HttpRequest, action_id: Id) -> Accepted:
    device = device_of(request)
    actions.discard(device.account_id, access.action(device, action_id))
    return Accepted(accepted=[], refused=[])


def _intent(device: Any, item: ActionBody) -> Intent:
    """Raises ValueError, Missing."""
    if max(item.n, item.base_seq) > MAX_NUMBER:
        raise ValueError("number")
    args = read_args(item.kind, item.args)
    if item.kind == "move":
        access.folder(device, args["to"])
    if item.kind == "discard":
        access.draft(device, args["draft"])
    # Strangers' and unknown ids are dropped here; what was deleted meanwhile stays, to be reported as gone.
    targets = access.targets(device, item.targets)
    return Intent(
        id=item.id,
        n=item.n,
        kind=item.kind,
        targets=targets,
        args=args,
        base_seq=item.base_seq,
        ago_ms=item.ago_ms,
        composition=_composition(device, item),
        hold_ms=args.pop("hold_ms", 0),
    )


def _composition(device: Any, item: ActionBody) -> Composition | None:
    """What the kinds that write bring along, as far as it is this account's. Raises ValueError, Missing."""
    if (item.composition is not None) != (item.kind in ("draft", "send")):
        raise ValueError("composition")
    return access.composition(device, item.composition.value()) if item.composition is not None else None
