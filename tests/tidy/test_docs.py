"""The pages say what the code does: names, defaults, limits, reasons, commands and links."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from admin.settings import AdminSettings
from checkout.__main__ import app
from checkout.api import (
    decode,
    decode_newcomer,
    gate,
    operator_care,
    operator_corrections,
    operator_overruns,
    pages,
    server,
    session,
    violations,
)
from checkout.client.channel import SERVICE_CONFIG
from checkout.engine.receipt import COUPONS_MAX, LINES_MAX
from checkout.flows import authors, bulk_adjust, holding, identifiers, pricing, qr_codes
from checkout.primitives import AMOUNT_MAX_MINOR, QUANTITY_MAX_MILLI
from checkout.settings import Settings
from tests.tidy.sources import ROOT, repository_files, shown

if TYPE_CHECKING:
    from types import ModuleType

README = (ROOT / "README.md").read_text()
CONTRACT = (ROOT / "docs" / "contract.md").read_text()
ADMIN = (ROOT / "docs" / "admin.md").read_text()
INTEGRATION = (ROOT / "docs" / "integration.md").read_text()
DECISIONS = ROOT / "docs" / "decisions"
PROTOS = ROOT / "proto" / "checkout" / "v1"

#: What docs/integration.md lets a till do about a reason.
ACTIONS = {
    "retry",
    "quote again",
    "ask the cashier",
    "sell without a member",
    "sell without loyalty",
    "new id",
    "report a fault",
    "call the administrator",
}


def table_rows(page: str, heading: str) -> list[list[str]]:
    """Cells of the rows of all tables between a heading and the next one of its level or above."""
    level = heading.partition(" ")[0]
    rest = page.split(f"\n{heading}\n", 1)[1]
    section = re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    is_rule = [set("".join(row)) <= set("- ") for row in cells]
    return [
        row
        for place, row in enumerate(cells)
        if not is_rule[place] and not (place + 1 < len(cells) and is_rule[place + 1])
    ]


def documents() -> list[Path]:
    return [path for path in repository_files() if path.suffix == ".md"]


def load_example() -> ModuleType:
    path = ROOT / "docs" / "examples" / "till.py"
    spec = importlib.util.spec_from_file_location("till_example", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reasons_of_the_contract() -> list[tuple[str, str, str]]:
    """Name, gRPC status and the rest of the comment, in order."""
    found: list[tuple[str, str, str]] = []
    comment: list[str] = []
    body = (PROTOS / "error_reason.proto").read_text().split("enum ErrorReason {", 1)[1]
    for line in map(str.strip, body.splitlines()):
        if line.startswith("//"):
            comment.append(line.removeprefix("//").strip())
        elif named := re.match(r"ERROR_REASON_(\w+) = [1-9]\d*;", line):
            status, _, meaning = " ".join(comment).partition(". ")
            found.append((named[1], status, meaning))
            comment = []
        else:
            comment = []
    return found


def test_every_reason_stands_in_the_guide_as_in_the_contract() -> None:
    """Name, status, sentence and order are the proto's; what the till does is one of a few."""
    rows = table_rows(INTEGRATION, "## 10. Every reason, and what the till does")
    told = [(name.strip("`"), status.strip("`"), meaning) for name, status, _, meaning in rows]
    assert told == reasons_of_the_contract()
    assert {action for _, _, action, _ in rows} <= ACTIONS
    for action in ACTIONS:
        assert f"- **{action}**" in INTEGRATION


def test_the_guide_gives_the_retries_that_the_client_has() -> None:
    """The service configuration of the guide and of the example is that of checkout/client."""
    (printed,) = re.findall(r"```json\n(.*?)```", INTEGRATION, re.DOTALL)
    assert json.loads(printed) == SERVICE_CONFIG
    assert load_example().SERVICE_CONFIG == SERVICE_CONFIG


def test_the_readme_tells_each_setting_with_its_default() -> None:
    """The settings table has one row per setting, in the order of the code, with its default."""
    told = {name.strip("`"): default for name, default, _ in table_rows(README, "## Settings")}
    assert told == {
        f"CHECKOUT_{name.upper()}": shown_default(about.default)
        for name, about in Settings.model_fields.items()
    }


def test_the_page_of_the_admin_tells_each_setting_with_its_default() -> None:
    """Its settings table has one row per setting, in the order of the code, with its default."""
    told = {name.strip("`"): default for name, default, _ in table_rows(ADMIN, "## Settings")}
    assert told == {
        f"CHECKOUT_ADMIN_{name.upper()}": (
            "needed" if about.is_required() else shown_default(about.default)
        )
        for name, about in AdminSettings.model_fields.items()
    }


def shown_default(value: object) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if plain == "":
        return "empty"
    return f"`{int(plain) if isinstance(plain, bool) else plain}`"


def test_the_readme_tells_each_command() -> None:
    """The table of the command line names every command, and none that does not exist."""
    told = {name.strip("`") for name, _ in table_rows(README, "## Command line")}
    assert told == commands()


def test_no_page_names_a_command_that_does_not_exist() -> None:
    """Every `python -m checkout something` can be typed."""
    typed = re.compile(r"python -m checkout ([a-z]+)")
    assert (
        not {name for page in documents() for name in typed.findall(page.read_text())} - commands()
    )


def commands() -> set[str]:
    visible = [command for command in app.registered_commands if not command.hidden]
    return {command.name or str(getattr(command.callback, "__name__", "")) for command in visible}


def test_the_readme_names_each_target_of_make() -> None:
    """What one does with the repository stands in its README."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE)) - {"help", "venv"}
    assert not targets - set(re.findall(r"make ([a-z-]+)", README))


def test_the_contract_page_tells_what_is_served() -> None:
    """The tables of served calls are the proto's; a planned call is not in it yet."""
    served = {
        name
        for proto in PROTOS.glob("*_service.proto")
        for name in re.findall(r"^  rpc (\w+)\(", proto.read_text(), re.MULTILINE)
    }
    told = {
        name for row in table_rows(CONTRACT, "## Served") for name in re.findall(r"`(\w+)`", row[0])
    }
    planned = {
        name
        for row in table_rows(CONTRACT, "## Planned")
        for name in re.findall(r"`(\w+)`", row[0])
    }
    assert told == served
    assert planned
    assert not planned & served


@pytest.mark.parametrize(
    ("what", "bounds"),
    [
        ("message", [gate.MESSAGE_MAX_BYTES]),
        ("time left on arrival", [int(gate.TIME_LEFT_MIN_S * 1_000)]),
        ("calls open on one connection", [server.STREAMS_MAX]),
        ("frames of one `Session` that are worked on at once", [session.FRAMES_MAX]),
        (
            "`SessionRequest.timeout_ms`",
            [session.TIMEOUT_MIN_MS, session.TIMEOUT_MAX_MS, session.TIMEOUT_DEFAULT_MS],
        ),
        ("`request_id`, `purchase_id`, `return_id`", [decode.ID_CHARACTERS_MAX]),
        ("amounts, prices, points", [AMOUNT_MAX_MINOR]),
        ("lines of a receipt", [LINES_MAX]),
        ("`Line.position`", [decode.POSITION_MAX]),
        ("`Line.sku`", [decode.ID_CHARACTERS_MAX]),
        ("`Line.barcode`, `Line.category`", [decode.ID_CHARACTERS_MAX]),
        ("`Line.quantity_milli`", [QUANTITY_MAX_MILLI]),
        ("`Line.vat_code`", [decode.VAT_CHARACTERS_MAX]),
        ("`Line.title`", [decode.TITLE_CHARACTERS_MAX]),
        ("coupons of a receipt", [COUPONS_MAX, decode.ID_CHARACTERS_MAX]),
        (
            "planned tenders",
            [decode.PLANNED_TENDERS_MAX, decode.SHORT_CHARACTERS_MAX, decode.ID_CHARACTERS_MAX],
        ),
        ("tenders", [decode.TENDERS_MAX, decode.SHORT_CHARACTERS_MAX]),
        ("`bin`", [decode.BIN_DIGITS_MAX]),
        ("`Receipt.channel`", [decode.SHORT_CHARACTERS_MAX]),
        ("`Receipt.manual_permission`", [decode.ID_CHARACTERS_MAX]),
        ("`Receipt.language`", [decode.LANGUAGE_CHARACTERS_MAX]),
        ("`Receipt.utc_offset_minutes`", [decode.OFFSET_MAX_MINUTES]),
        ("`Receipt.local_time`", [pricing.TIME_WINDOW.seconds // 60]),
        ("card", [identifiers.CARD_CHARACTERS_MIN, identifiers.CARD_CHARACTERS_MAX]),
        ("phone", [7, 15, identifiers.PHONE_CHARACTERS_MAX]),
        ("external id", [identifiers.EXTERNAL_ID_CHARACTERS_MAX]),
        ("QR code", [qr_codes.QR_CHARACTERS_MAX, qr_codes.QR_VALIDITY.seconds]),
        ("names at enrolment", [decode_newcomer.NAME_CHARACTERS_MAX]),
        ("e-mail at enrolment", [decode_newcomer.EMAIL_CHARACTERS_MAX]),
        ("`shift`, `receipt_number`", [decode.SHORT_CHARACTERS_MAX]),
        ("`cashier`", [decode.ID_CHARACTERS_MAX]),
        ("fiscal data", [decode.FISCAL_ENTRIES_MAX, decode.FISCAL_VALUE_CHARACTERS_MAX]),
        (
            "life of a hold",
            [
                decode.HOLD_TTL_S.start,
                decode.HOLD_TTL_S.stop - 1,
                decode.HOLD_TTL_DEFAULT_S,
                holding.HOLD_TOTAL_MAX.seconds // 3_600,
            ],
        ),
        ("validity of a quote", [pricing.QUOTE_VALIDITY.seconds // 60]),
        ("correction of a balance", [bulk_adjust.CORRECTION_MAX_MINOR]),
        ("points of one freeze", [operator_care.FREEZE_MAX_MINOR]),
        ("days of points that are given", [operator_corrections.DAYS_MAX]),
        ("rows of a page of a bulk", [bulk_adjust.BULK_ROWS_MAX]),
        ("corrections of one decision or undo", [operator_corrections.CORRECTIONS_MAX]),
        (
            "bulk",
            [decode.ID_CHARACTERS_MAX, operator_corrections.FILE_NAME_CHARACTERS_MAX],
        ),
        ("page of a statement", [pages.PAGE_SIZE_MAX, pages.PAGE_SIZE_DEFAULT]),
        (
            "page of `ListReceipts`, of `ListTierChanges`, of `ListOverruns`, of `ListStores`",
            [pages.PAGE_SIZE_MAX, pages.PAGE_SIZE_DEFAULT],
        ),
        ("days of `ListOverruns`", [operator_overruns.OVERRUN_DAYS_MAX]),
        ("reason, note", [operator_care.REASON_CHARACTERS_MAX]),
        ("author", [authors.AUTHOR_CHARACTERS_MAX]),
    ],
)
def test_the_contract_page_tells_the_limits_of_the_code(what: str, bounds: list[int]) -> None:
    """Each bound that the code checks stands in its row of the table."""
    limits = dict(table_rows(CONTRACT, "## Limits"))
    numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\d|\d", limits[what])]
    assert not set(bounds) - set(numbers)


def test_the_contract_page_tells_how_many_faults_are_named() -> None:
    """An answer names so many faulty fields, and the page says so."""
    assert f"up to {violations.VIOLATIONS_MAX} faulty fields" in CONTRACT


def test_every_link_between_pages_leads_somewhere() -> None:
    """A relative link names a file of the repository, and an anchor a heading of it."""
    files = set(repository_files())
    broken = []
    for page in documents():
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if "://" in target:
                continue
            name, _, anchor = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            is_there = path in files or path.is_dir()
            if not is_there or (anchor and anchor not in anchors(path)):
                broken.append(f"{shown(page)}: {target}")
    assert not broken


@cache
def anchors(page: Path) -> set[str]:
    """Of all headings of a page, which is read once: one of them is long, and linked often."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h).strip().lower().replace(" ", "-") for h in headings}


def test_every_decision_stands_in_the_index() -> None:
    """Records are numbered without a gap, have their three parts, and are listed."""
    records = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    numbers = [int(name[:4]) for name in records]
    assert numbers == list(range(1, len(records) + 1))
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text())
    assert listed == records
    for name in records:
        text = (DECISIONS / name).read_text()
        assert text.startswith(f"# {name[:4]} ")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, name


def test_every_test_that_a_page_names_exists() -> None:
    """A promise names a test file, or several of one folder; all are there."""
    files = {shown(path) for path in repository_files()}
    folders = {str(Path(name).parent) for name in files}
    missing = []
    for page in documents():
        folder = ""
        for name in re.findall(r"`((?:tests/[\w/]*)?(?:test_\w+\.py)?)`", page.read_text()):
            path = name if name.startswith("tests/") else f"{folder}/{name}"
            folder = str(Path(path).parent) if path.endswith(".py") else folder
            if name and path.rstrip("/") not in files | folders:
                missing.append(f"{shown(page)}: {path}")
    assert not missing
