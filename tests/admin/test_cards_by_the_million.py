"""Cards as managers issue them in bulk: a job of the pages, its file, and cards of it at a till."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from checkout.flows.check_digits import has_check_digit
from tests.admin.test_cards import PLASTIC
from tests.races.ledger_state import violations
from tests.service.in_bulk import BulkWatch
from tests.service.long_jobs import follow, take_file
from tests.service.office import login_of
from tests.service.till import receipt

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.office import Office
    from tests.service.running import Service

#: With a million it is `make million`.
COUNT: Final = int(os.environ.get("CARDS_IN_BULK", "5000"))
JOB: Final = "018f0000-0000-7000-8000-00000000000a"


async def test_cards_of_the_file_are_bound_and_sold_to(
    desk: Office, service: Service, tmp_path: Path
) -> None:
    """Each number once, with its check digit; one from the middle and the last one are cards."""
    browser = await desk.signed_in(login_of(Role.MARKETER))
    await browser.post("/card-type/create", PLASTIC)
    await service.workers[0].follower.step()
    watch = BulkWatch("cards", COUNT)
    form = {"request_id": JOB, "series": "plastic", "total": str(COUNT), "reason": "for the racks"}
    sent = await browser.post("/card/issue", form)
    assert sent.headers["location"] == f"/job/details/{JOB}", sent.text
    assert await follow(desk, browser, JOB, watch) == ("done", COUNT)
    size = await desk.database.fetchval("select pg_total_relation_size('identifier')")
    output = tmp_path / "cards.csv"
    watch.done(f"in the database {size / 1e6:.0f} MB")
    told = [int(text.split()[0].replace(",", "")) for text in watch.said]
    assert told == sorted(told)
    assert told[-1] == COUNT
    taking = BulkWatch("numbers taken as a file", COUNT)
    await take_file(browser, f"/job/{JOB}/codes", output)
    taking.done(f"the file has {output.stat().st_size / 1e6:.0f} MB")
    heading, *numbers = output.read_text(encoding="ascii").split()
    assert (heading, len(numbers), len(set(numbers))) == ("card", COUNT, COUNT)
    digits = int(PLASTIC["digits"])
    assert all(len(one) == digits and one.startswith(PLASTIC["prefix"]) for one in numbers)
    assert all(map(has_check_digit, numbers))
    issued = "select count(*) from identifier where type_code = 'plastic' and member_id is null"
    assert await desk.database.fetchval(issued) == COUNT
    till = service.till()
    ann = await service.ann()
    for number in (numbers[COUNT // 2], numbers[-1]):
        assert (await till.bind(number)).member.member_id == ann
        sold = await till.confirm(f"sold to {number}", receipt(card=number))
        assert sold.member.member_id == ann
    assert await desk.database.fetchval(issued) == COUNT - 2
    assert await violations(service) == []
