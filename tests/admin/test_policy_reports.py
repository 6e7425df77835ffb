"""What browsers tell of the content-security policy: a line of the log each, short and few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest
from structlog.testing import capture_logs

from admin.guard import reports
from tests.admin.contents import changed, contents

if TYPE_CHECKING:
    import httpx

    from tests.service.office import Browser, Office

REPORT: Final = {
    "document-uri": "http://127.0.0.1:1/link/secret-token?search=%2B79005550011",
    "referrer": "http://127.0.0.1:1/",
    "violated-directive": "script-src-elem",
    "effective-directive": "script-src-elem\nadmin.signed_in login=root",
    "original-policy": "default-src 'none'",
    "disposition": "enforce",
    "blocked-uri": "https://evil.example/" + "x" * 5_000,
    "source-file": {"no": "text"},
    "line-number": 7,
}


async def report(browser: Browser, told: Any = REPORT, **headers: str) -> httpx.Response:
    """What a browser sends by itself."""
    sent = {"content-type": "application/csp-report", "sec-fetch-site": "same-origin"}
    body = orjson.dumps({"csp-report": told})
    return await browser.client.post("/csp-report", content=body, headers=sent | headers)


async def test_a_breach_of_the_policy_is_a_line_of_the_log(office: Office) -> None:
    """Of whoever's browser, without what was asked for, without tokens; and nothing is written."""
    browser = await office.browser()
    policy = (await browser.get("/sign-in")).headers["content-security-policy"]
    assert policy.endswith("; report-uri /csp-report")
    before = await contents(office.database)
    with capture_logs() as lines:
        assert (await report(browser)).status_code == 204
    (line,) = lines
    assert line == {
        "event": "admin.policy_report",
        "log_level": "warning",
        "untold": 0,
        "directive": "script-src-elem?admin.signed_in login=root",
        "disposition": "enforce",
        "page": "127.0.0.1:1/link/…",
        "blocked": ("evil.example/" + "x" * 5_000)[: len("evil.example/") + 79],
        "source": "",
    }
    assert not changed(before, await contents(office.database))


async def test_reports_are_few(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond ten in a minute they are counted, and the next line says how many."""
    browser = await office.browser()
    with capture_logs() as lines:
        for _ in range(reports.LINES_MAX + 3):
            assert (await report(browser)).status_code == 204
    assert len(lines) == reports.LINES_MAX
    monkeypatch.setattr(reports, "_MINUTE_S", 0.0)
    with capture_logs() as lines:
        await report(browser)
    assert lines[0]["untold"] == 3


async def test_what_is_no_report_is_refused_without_a_line(office: Office) -> None:
    """Of other sites, of nobody knows where, too large, and what says nothing."""
    browser = await office.browser()
    with capture_logs() as lines:
        for headers, status in (
            ({"sec-fetch-site": "cross-site"}, 403),
            ({"sec-fetch-site": "same-site"}, 403),
            ({"origin": "https://evil.example"}, 403),
            ({"host": "evil.example"}, 400),
        ):
            assert (await report(browser, **headers)).status_code == status, headers
        assert (await report(browser, "x" * 20_000)).status_code == 413
        for told in ("text", None, [REPORT], 7):
            assert (await report(browser, told)).status_code == 400, told
        for body in (b"", b"{", b"[]", b'"\\ud800"'):
            answer = await browser.client.post(
                "/csp-report", content=body, headers={"sec-fetch-site": "same-origin"}
            )
            assert answer.status_code == 400, body
    assert not lines
