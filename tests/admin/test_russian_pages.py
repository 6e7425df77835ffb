"""Pages in Russian have no English words, but for codes and what people wrote themselves."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from admin.service.answers import in_words
from admin.texts import CATALOGUES, language
from checkout.client.errors import CallRefusedError, FieldFault
from checkout.flows.views import FlagKind
from checkout.refusals import Reason
from checkout.verifier.checks import CHECKS
from checkout.verifier.last_run import keep_report
from checkout.verifier.report import CheckResult, Report
from tests.admin.test_access import filled, keys_of
from tests.admin.test_campaigns import Desk
from tests.admin.test_members import ann_of, press
from tests.service import world
from tests.service.addresses import routes_of
from tests.service.ids import fresh
from tests.service.office import login_of
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.service.office import Office
    from tests.service.running import Service

OWNER: Final = login_of(Role.OWNER)
MARKETER: Final = login_of(Role.MARKETER)
PUBLISHERS: Final = [OWNER, MARKETER]
NO_LIST: Final = "здесь нужно другое: список,"
NO_LANE: Final = "в программе нет дорожки «nowhere»"
#: Where documents, code and other languages stand.
_FOREIGN: Final = frozenset({"script", "style", "code", "pre", "textarea"})
_EMPTY: Final = frozenset({"input", "br", "img", "meta", "link", "hr"})
_SAID: Final = frozenset({"placeholder", "title", "aria-label", "alt", "data-label"})
#: Dots stand before what is shown of a code.
_WORD: Final = re.compile(r"(?<![\w…])[A-Za-z_]{3,}(?!\w)")
_ISO_DAY: Final = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: What Russian has no other word for, what is typed as it stands, and settings by their names.
_USUAL: Final = frozenset(
    re.findall(
        r"\w+",
        """UTC SMS JSON CSV SHA Push mail https http Ctrl EAN RUB English Europe Moscow SAVE save
        yes guest alcohol tobacco already_paid return_without_receipt returns_without_receipt
        phone_country card_prefixes receipt_number_clash refuse flag offline terminal_minor
        card_minor four_eyes_above_minor manual_purchases late_days author_minor campaign_approval
        another anybody UTF card phone currency days external_id member_id reason""",
    )
)
#: Codes, names and reasons of the test's world.
_WORLD: Final = frozenset(
    re.findall(
        r"\w+",
        """north south owner administrator marketer analyst auditor call centre cashier supervisor
        target Target Pat Ann world opening python httpx Name bread fruit soap apple towel spring
        earn home only food goods receipt points Points pts main Main Base base Gold gold gift Gift
        certificate You Thank you saved discount plastic Plastic chain Chain Shop Apple Bread Soap
        Towel Twice week weekly""",
    )
)


class _Texts(HTMLParser):
    """What people read of a page, or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _EMPTY:
            self.open.append(tag)
        self.texts += [value for name, value in attrs if name in _SAID and value]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not _FOREIGN & set(self.open):
            self.texts.append(data.strip())


def english_in(page: str) -> Iterator[str]:
    """Texts with Latin words that are not allowed."""
    texts = _Texts()
    texts.feed(page)
    for text in texts.texts:
        words = set(_WORD.findall(_ID.sub("", text))) - _USUAL - _WORLD
        if words:
            yield f"{sorted(words)} in {text[:80]!r}"


def foreign_dates_in(page: str) -> Iterator[str]:
    """Dates that begin with the year."""
    texts = _Texts()
    texts.feed(page)
    for text in texts.texts:
        # Where an attribute is typed, which is kept so.
        if _ISO_DAY.search(text) and "дата вида" not in text:
            yield f"a date in {text[:80]!r}"


async def test_no_page_has_english_words(desk: Office, service: Service) -> None:
    """Every page that has an address, with a sale, what was done for its member, and history."""
    keys = await keys_of(desk)
    keys["north"]["member"] = ann = await ann_of(desk)
    sale = receipt(line("soap"), line("apple", position=2), card=world.CARD)
    sold = await service.till().confirm(fresh("p"), sale)
    browser = await desk.signed_in(OWNER)
    for path, fields in (
        ("tag", {"tag": "of-north"}),
        ("attribute", {"attribute": "of-north", "value": "2026"}),
        ("consent", {"channel": "sms", "consents": "yes"}),
        ("correct", {"currency": "pts", "points": "1"}),
        ("freeze", {"currency": "pts", "points": "1"}),
        ("block", {}),
    ):
        await press(browser, f"/member/{ann}/{path}", **fields, reason="2026")
    target = {"login": "north-marketer", "name": "Pat", "role": "analyst", "reason": "2026"}
    marketer = await desk.database.fetchval("select staff_id from staff where login = $1", MARKETER)
    assert (await browser.edit(f"/staff/edit/{marketer}", target)).status_code == 302
    row = await desk.database.fetchrow(
        "select bucket, month, receipt_id from receipt where purchase_id = $1", sold.purchase_id
    )
    keys["north"]["receipt"] = ";".join(map(str, row))
    # Checks of the books, as the first page tells of them.
    results = tuple(CheckResult(check.name, check.sentence, 1, 0, (), 0.1) for check in CHECKS)
    assert await keep_report(service.dsn, Report(results)) == ""
    await desk.database.execute("update staff set language = 'ru' where login = $1", OWNER)
    browser = await desk.signed_in(OWNER)
    paths = {filled(path, keys["north"]) for method, path in routes_of(desk.app) if method == "GET"}
    paths |= {
        f"/history/record?record=staff&key={MARKETER}",
        f"/campaign/try/soap?purchase={sold.purchase_id}",
    }
    found: dict[str, str] = {}
    seen = 0
    for path in sorted(path for path in paths if "export" not in path):
        page = await browser.get(path)
        if page.status_code == 200 and "html" in page.headers["content-type"]:
            seen += 1
            found |= dict.fromkeys(english_in(page.text), path)
            found |= dict.fromkeys(foreign_dates_in(page.text), path)
    assert seen > 100
    columns = await desk.database.fetch(
        "select c.relname, a.attname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
        " where t.tgname = 'admin_changed'"
    )
    for table, column in columns:
        if not {f"field.{table}.{column}", f"field.{column}"} & set(CATALOGUES["ru"]):
            found[f"{table}.{column}"] = "/history"
    assert not found, "\n".join(f"{text}: {path}" for text, path in found.items())


async def test_faults_of_rules_are_in_russian(desk: Office) -> None:
    """In the editor, in a file, in the form of a program, and where rules are published."""
    await desk.database.execute(
        "update staff set language = 'ru' where login = any($1)", PUBLISHERS
    )
    browser = await desk.signed_in(MARKETER)
    lane = {"rewards": [{"kind": "percent", "lane": "nowhere", "rate_bp": 100}]}
    checked = await browser.post(
        "/campaign/check?code=soap", await Desk(browser).form("soap", lane)
    )
    (fault,) = checked.json()["faults"]
    assert fault["message"].endswith(f"rewards[0].lane: {NO_LANE}")
    documents = [{"code": "soap", "program": "main", "name": "Soap", **lane}]
    sent = {"document": json.dumps(documents)}
    assert NO_LANE in (await browser.post("/campaign/import", sent)).text
    await desk.database.execute(
        "update campaign set document = jsonb_set(document, '{rewards,0,lane}', '\"nowhere\"')"
        " where code = 'soap'"
    )
    page = (await browser.get("/publication/list")).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    told = (await browser.post("/publication/publish", {"seen": seen[1]})).text
    assert NO_LANE in told
    program = await desk.database.fetchrow("select * from program where code = 'main'")
    document = json.loads(program["document"]) | {"lanes": 1}
    owner = await desk.signed_in(OWNER)
    fields = {"code": "main", "document": json.dumps(document)}
    kept = await owner.edit(f"/program/edit/{program['partner_id']};main", fields)
    assert f"lanes: {NO_LIST}" in kept.text


def test_what_the_service_words_in_english_is_not_shown_in_russian() -> None:
    """The reason in words and the fields; of rules, which are told in Russian, the sentences."""
    told = []
    for reason, message in (("FIELD_INVALID", "this is no code"), ("SNAPSHOT_INVALID", NO_LANE)):
        error = CallRefusedError("INVALID_ARGUMENT", reason, "")
        error.faults = [FieldFault("code", reason, message)]
        with language("ru"):
            told.append(in_words(error))
    assert told == [
        "Сервис отказал: Поле не читается (code).",
        f"Сервис отказал: Правила нельзя опубликовать (code: {NO_LANE}).",
    ]


def test_whatever_the_service_may_refuse_or_flag_has_words() -> None:
    """On the first page, and on that of a receipt."""
    named = {f"refusal.{reason.name}" for reason in Reason}
    named |= {f"value.flag.{kind.value}" for kind in FlagKind}
    assert not named - set(CATALOGUES["ru"])
