"""The comparison of the journal with the database can fail: sabotaged workers, spoiled books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults import codes, load
from tests.faults.comparison import compare
from tests.faults.load import MIX
from tests.faults.scene import scene_of
from tests.faults.unmade import not_done

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.faults.matching import Comparison
    from tests.faults.scene import Scene
    from tests.faults.stand import Stand


#: Deadlines of a machine that does much else.
BUSY_FACTOR = 20


async def judged(scene: Scene) -> Comparison:
    await scene.judge()
    return await compare(scene.journal, scene.database, scene.stand.customers.purses)


async def test_answers_before_commit_are_found_lost(stand: Stand, tmp_path: Path) -> None:
    """A worker that tells before it has written, and dies in between, loses what it told."""
    async with scene_of(
        stand,
        "eager",
        tmp_path,
        module="tests.faults.sabotaged_worker",
        environment={
            "CHECKOUT_SABOTAGE": "answer_before_commit",
            "CHECKOUT_FAILPOINT": "before_commit:kill:12",
        },
    ) as scene:
        async with scene.load_running():
            # More than once: what is committed may be background work, or nothing that was told.
            for failpoint in ("before_commit:kill:12", "before_commit:kill:12", ""):
                await scene.workers[0].wait_until_ended()
                await scene.restart(0, CHECKOUT_FAILPOINT=failpoint)
        assert (await judged(scene)).lost
    assert not scene.findings.passed


async def test_a_forgotten_request_key_is_found(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it a repeated hold is made twice, and nobody recognises a call that comes again.

    Within a batch somebody still would. So each call is sent twice, and there are two workers: a
    till sends the copy to the next one, as long as none of them has failed to answer, for which
    they get the time of a busy machine. Both copies wait for the lock of the call's key.
    """
    monkeypatch.setattr(load, "TWICE_SHARE", 1.0)
    async with scene_of(
        stand,
        "forgetful",
        tmp_path,
        module="tests.faults.sabotaged_worker",
        environment={"CHECKOUT_SABOTAGE": "skip_request_key"},
        mix={"confirm": 20, "hold": 80},
        workers=2,
        timeout_factor=BUSY_FACTOR,
    ) as scene:
        async with scene.load_running():
            pass
        found = await judged(scene)
    assert found.duplicated
    assert found.lost
    assert not scene.findings.passed


#: Little of each, and more of what is rare: so that there is something to spoil.
OF_ALL_KINDS = dict.fromkeys(MIX, 10) | {"confirm": 30}

#: What of that only sales and returns bring.
MADE_BESIDE = (
    *("certificate paid", "certificate sold", "coupon used", "coupons issued", "gift of a sale"),
)

CRIMES = {
    "update receipt set payable_minor = payable_minor + 1": "altered",
    "update account set balance = balance + 1": "altered",
    "delete from receipt": "lost",
    "delete from hold": "lost",
    "delete from return_receipt": "lost",
    "delete from request_key": "lost",
    "update receipt set purchase_id = 'nobody'": "invented",
    "update return_receipt set return_id = 'nobody'": "invented",
    "delete from certificate_entry where against = 'spent'": "lost",
    "delete from certificate_entry where against = 'sold'": "lost",
    "update certificate_entry set amount = amount - 1 where against = 'spent'": "altered",
    "delete from coupon_use": "lost",
    "update coupon_use set coupon_id = '00000000-0000-0000-0000-000000000001'": "duplicated",
    "delete from coupon where campaign_code <> ''": "lost",
    "delete from gift_entry where campaign_code <> ''": "lost",
    "delete from gift_given": "lost",
    "update gift_given set points_minor = points_minor + 1": "altered",
    "delete from correction": "lost",
    "update correction set correction_id = gen_random_uuid() where author = 'faults'": "invented",
    "delete from point_freeze": "lost",
    "delete from credit": "lost",
    "update purchase_key set state = 'held' where state = 'cancelled'": "lost",
    "insert into hold select bucket, gen_random_uuid(), partner_id, purchase_id, member_id, state,"
    " currency, points_minor, lots, claims, priced_hash, snapshot_id, evaluated_at, facts, outcome,"
    " created_at, expires_at, extensible_to, ended_at, household_id,"
    " terminal_code from hold": "duplicated",
}


async def test_what_somebody_does_to_the_books_is_found(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a fault nothing is found; each crime against the database shows in its own way."""
    monkeypatch.setattr(codes, "SHARES", dict.fromkeys(codes.SHARES, 40))
    async with scene_of(stand, "crimes", tmp_path, rate_per_s=50.0, mix=OF_ALL_KINDS) as scene:
        async with scene.load_running():
            pass
        found = await judged(scene)
        assert scene.findings.faults == []
        assert not_done(scene.journal, [*OF_ALL_KINDS, *MADE_BESIDE]) == []
        assert (found.lost, found.duplicated, found.violations) == ([], [], [])
        unseen = [crime for crime, name in CRIMES.items() if not await shows(scene, crime, name)]
    assert unseen == []


async def shows(scene: Scene, crime: str, name: str) -> bool:
    """Whether the comparison sees the crime, which is then undone."""
    transaction = scene.database.transaction()
    await transaction.start()
    try:
        await scene.database.execute("set local session_replication_role = replica")
        await scene.database.execute(crime)
        compared = await compare(scene.journal, scene.database, scene.stand.customers.purses)
    finally:
        await transaction.rollback()
    return bool(getattr(compared, name))
