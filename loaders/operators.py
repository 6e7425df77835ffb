"""What happens by hand while tills sell: a stop and a freeze, both undone, and somebody joins."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checkout.client import CallRefusedError, identifier_message, messages
from loaders.adjustments import BadRow, adjust_from_file, each_of_bulk, end_bulk
from loaders.completejourney.program import PROGRAM
from loaders.demo_clients import new_run, operator_of, shop_time, till_of

if TYPE_CHECKING:
    from checkout.client import CheckoutClient, OperatorClient
    from loaders.environment import Environment

PROPOSED: Final = messages.CORRECTION_STATE_PROPOSED
_REASON: Final = "demo: tried and undone"


async def intervene(environment: Environment, store: str, card: str, campaign: str) -> list[str]:
    """Stop the campaign and freeze the member's points, then lift and restore; what was odd."""
    run = new_run()
    identifier = identifier_message("card", card)
    odd = []
    async with (
        till_of(environment, store) as till,
        # Runs of one day are each within what one author corrects alone.
        operator_of(environment, author=f"loaders-{run}") as operator,
    ):
        stopped = await operator.emergency_stop(f"{run}-stop", campaign, _REASON)
        lifted = await operator.emergency_stop(f"{run}-lift", campaign, _REASON, lift=True)
        if not (stopped.changed and lifted.changed):
            odd.append(f"the campaign {campaign} was not stopped and let go again")
        request = messages.EnrolMemberRequest(request_id=f"{run}-enrol", external_id=f"demo-{run}")
        joined = (await till.enrol_member(request)).member
        if joined != await till.identify(identifier_message("external_id", f"demo-{run}")):
            odd.append("somebody who joined is not who is identified")
        before = await till.identify(identifier)
        (balance, *_) = before.balances
        frozen = await operator.freeze_points(
            f"{run}-freeze", before.member_id, balance.currency, _REASON
        )
        restored = await operator.restore_points(f"{run}-restore", frozen.freeze_id, _REASON)
        if not 0 < frozen.frozen_minor == restored.restored_minor:
            odd.append(f"{frozen.frozen_minor} frozen, {restored.restored_minor} restored")
        if (await till.get_balances(identifier)).balances != before.balances:
            odd.append("a member whose points were frozen and restored has others than before")
        odd += await _correct(environment, operator, run, card, balance.currency)
        if (await till.get_balances(identifier)).balances != before.balances:
            odd.append("a member whose corrections were undone has others than before")
        odd += await _show_codes(till, operator, run, before.member_id)
        odd += await _freeze_and_leave(till, operator, run, balance.currency)
    return odd


async def _correct(
    environment: Environment, operator: OperatorClient, run: str, card: str, currency: str
) -> list[str]:
    """A file of corrections: tried, done, decided by somebody else, and undone; what was odd."""
    lines = [f"{card},{currency},{points}" for points in ("40", "-15", "6000", "7000", "0.5")]
    odd = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / f"{run}.csv"
        path.write_text("\n".join(["card,currency,points", *lines, f"0000,{currency},1"]) + "\n")
        for dry_run in (True, False, False):
            bad: list[BadRow] = []
            done = await adjust_from_file(
                operator,
                path,
                bulk=run,
                reason=_REASON,
                dry_run=dry_run,
                say=lambda _: None,
                on_bad=bad.append,
                page_rows=2,
            )
            if done.states != {"booked": 2, "proposed": 2, "refused": 2}:
                odd.append(f"corrections from a file: {done.table()}, {bad}")
    async with operator_of(environment, author="another") as another:
        proposed = [ids async for ids in each_of_bulk(another, run, PROPOSED)]
        (approved, rejected) = proposed[0]
        await another.decide_corrections(f"{run}-approve", [approved], _REASON)
        await another.decide_corrections(f"{run}-reject", [rejected], _REASON, reject=True)
        undone = await end_bulk(another, run, how="undo", reason=_REASON, run=run)
    if undone.states != {"undone": 3}:
        odd.append(f"corrections that were taken back: {undone.table()}")
    return odd


async def _freeze_and_leave(
    till: CheckoutClient, operator: OperatorClient, run: str, currency: str
) -> list[str]:
    """A new member whose account is frozen, who leaves, comes back and leaves; what was odd."""
    joined = await till.enrol_member(
        messages.EnrolMemberRequest(request_id=f"{run}-enrol", external_id=f"demo-{run}")
    )
    new = joined.member
    frozen = await operator.freeze_account(f"{run}-account", new.member_id, currency, _REASON)
    told = [
        (await operator.leave_program(f"{run}-out", new.member_id, PROGRAM, _REASON)).changed,
        (await operator.join_program(f"{run}-in", new.member_id, PROGRAM, _REASON)).changed,
        (await operator.leave_program(f"{run}-out2", new.member_id, PROGRAM, _REASON)).changed,
    ]
    try:
        await till.identify(identifier_message("external_id", f"demo-{run}"))
        told.append(False)
    except CallRefusedError as error:
        told.append(error.reason == "PROGRAM_LEFT")
    return [] if all((frozen.frozen, *told)) else [f"a member who left: {frozen}, {told}"]


async def _show_codes(
    till: CheckoutClient, operator: OperatorClient, run: str, member_id: str
) -> list[str]:
    """A QR code that is quoted, sold once and then shown again; what was odd."""
    code = (await operator.issue_qr_token(member_id, spends=True)).qr
    now = shop_time((await till.get_snapshot_info()).time_zone)
    sale = messages.Receipt(
        local_time=now.text,
        utc_offset_minutes=now.offset_minutes,
        lines=[messages.Line(position=1, sku="demo", quantity_milli=1_000)],
        identifier=messages.Identifier(qr=code),
    )
    sale.lines[0].price_minor = sale.lines[0].amount_minor = 100
    quoted = await till.quote(f"{run}-qr", sale)
    token = quoted.quote_token
    sold = await till.confirm(f"{run}-qr", f"{run}-qr", sale, quote_token=token)
    copied = await till.confirm(f"{run}-copy", f"{run}-copy", sale)
    used = messages.ErrorReason.Name(copied.identifier_reason)
    if sold.member.member_id == member_id and used == "ERROR_REASON_QR_USED":
        return []
    return [f"a QR code brought {sold.member.member_id}, and copied: {used}"]
