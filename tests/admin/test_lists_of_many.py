"""Lists of very many rows: what would take longer the more there are is not done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from admin.records.goods import ProductView
from admin.records.members import IdentifierView
from admin.records.tables import Identifier
from tests.service.office import login_of

if TYPE_CHECKING:
    import pytest

    from tests.service.office import Office

#: Of these there are few rows.
_SMALL: Final = ["partner", "staff", "worker_refusal"]


async def test_what_finds_little_is_looked_for_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are counted only if there are more than a page shows, or a later page is asked for."""
    counted: list[bool] = []
    count = ProductView.count_found

    async def counting(view: ProductView, statement: object) -> int:
        counted.append(True)
        return await count(view, statement)  # type: ignore[arg-type]

    monkeypatch.setattr(ProductView, "count_found", counting)
    browser = await office.signed_in(login_of(Role.OWNER))
    few = (await browser.get("/product/list?search=soap")).text
    assert "1–1 of 1" in few
    assert "Nothing found" in (await browser.get("/product/list?search=zzz")).text
    assert not counted
    monkeypatch.setattr(ProductView, "page_size", 1)
    await office.database.execute(
        "insert into product (partner_id, sku) select partner_id, 'zz' || n"
        " from partner, generate_series(1, 3) n where code = 'north'"
    )
    assert "1–1 of 3" in (await browser.get("/product/list?search=zz")).text
    assert "3–3 of 3" in (await browser.get("/product/list?search=zz&page=3")).text
    assert len(counted) == 2


async def test_categories_that_have_products_are_offered(office: Office) -> None:
    """Others are not; of each partner its own."""
    await office.database.execute(
        "insert into category (partner_id, code) select partner_id, partner.code || kind"
        " from partner, unnest(array['-full', '-bare']) kind"
    )
    await office.database.execute(
        "insert into product (partner_id, sku, category_code)"
        " select partner_id, 'in it', code || '-full' from partner"
    )
    page = (await (await office.signed_in(login_of(Role.OWNER))).get("/product/list")).text
    assert '<option value="north-full"' in page
    assert "north-bare" not in page
    assert "south-full" not in page


async def test_policies_ask_for_the_partner_once(office: Office) -> None:
    """A call in a policy is made for each row that a statement looks at."""
    found = await office.database.fetch(
        "select tablename, policyname from pg_policies"
        " where replace(lower(qual), 'select admin_partner()', '') like '%admin_partner()%'"
        " and tablename <> all($1::text[])",
        _SMALL,
    )
    assert not found


def test_cards_are_listed_as_their_key_has_them() -> None:
    """Any other order sorts all cards of a bucket for a page of them."""
    key = [column.name for column in Identifier.__table__.primary_key]
    key.remove("partner_id")
    assert [name for name, _ in IdentifierView.column_default_sort] == key
