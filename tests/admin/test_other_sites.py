"""What another site, or an odd client, could have somebody's browser send: nothing of it counts.

The session's cookie comes along with all of it, and the token of its forms where it is a wonder
that anybody else should have it: what is left must be refused all the same.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.admin.made_rows import Making, made_for
from tests.admin.sent_forms import BODIES, form_of, put_what_forms_name
from tests.admin.test_access import filled, keys_of, read_forms, readers_of
from tests.service.addresses import routes_of
from tests.service.office import INSTALLATION_OWNER
from tests.walls import IS_WHOLE

if TYPE_CHECKING:
    import httpx

    from tests.service.office import Browser, Office
    from tests.service.running import Service

#: Ways to say that a request is another one than its method says.
CALLED_POST: Final = {
    "x-http-method-override": "POST",
    "x-http-method": "POST",
    "x-method-override": "POST",
}
READING: Final = ("GET", "HEAD")
METHODS: Final = (*READING, "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE")
#: In a header of what is asked, and in no answer.
CANARY: Final = "canary-4711"
BOUNDARY: Final = "a-line"


def in_parts(fields: dict[str, str], file: str = "") -> bytes:
    """A form in parts; the field of the name is sent as a file."""
    parts = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
        f"{'; filename=x' if name == file else ''}\r\n\r\n{value}\r\n"
        for name, value in fields.items()
    )
    return f"{parts}--{BOUNDARY}--\r\n".encode()


async def told(office: Office) -> int:
    """How much the history says: whatever the pages change, or have the service change, adds."""
    return int(await office.database.fetchval("select max(seq) from admin_history") or 0)


async def is_there(office: Office) -> bool:
    """Whether the chain was made that all these requests ask for."""
    return bool(await office.database.fetchval("select true from chain where code = 'new'"))


async def right_forms(office: Office, service: Service) -> dict[str, tuple[str, dict[str, Any]]]:
    """By route that has a POST: where its form is sent, and what would be done if it was posted."""
    keys = await keys_of(office)
    await put_what_forms_name(office, service, keys)
    await read_forms(office, keys)
    north, reader = keys["north"], (await readers_of(office))["north"]
    # Nobody who asks is a person of these forms.
    making = Making(service, office, reader, "north", {**north, "login": "nobody"}, "nobody")
    found = {}
    for method, path in routes_of(office.app):
        if method == "POST" and path not in BODIES:
            rows = await made_for(making, method, path)
            found[path] = (filled(path, rows), form_of(path, rows))
    return found


@pytest.mark.wall
async def test_only_a_post_changes_anything(desk: Office, service: Service) -> None:
    """Each right form, sent by other methods that call themselves a POST; `make test` takes one.

    What is no page says that it knows no such method, and says nothing of what was sent.
    """
    browser = await desk.signed_in(INSTALLATION_OWNER)
    ours = {"origin": desk.origin, "sec-fetch-site": "same-origin", "x-canary": CANARY}
    forms = await right_forms(desk, service)
    token = await browser.form_token()
    turns, reading = itertools.cycle(METHODS), itertools.cycle(READING)
    before = await told(desk)
    for path, (address, fields) in forms.items():
        # Pages take their time: one of the two that read is enough for each.
        whole = (next(reading), *METHODS[len(READING) :])
        for method in whole if IS_WHOLE else (next(turns),):
            answer = await browser.client.request(
                method,
                f"{address}?_method=POST",
                data={"form_token": token, "_method": "POST", **fields},
                headers=ours | CALLED_POST,
            )
            refused = {200, 303, 403, 404, 405} if method in READING else {404, 405}
            assert answer.status_code in refused, (method, path)
            assert CANARY not in answer.text, (method, path)
    assert await told(desk) == before
    address, fields = forms["/chain/create"]
    assert (await browser.post(address, fields, token=token)).status_code == 302
    assert await told(desk) == before + 1, "the forms were right"


async def test_a_token_counts_in_a_form_or_a_header_only(office: Office) -> None:
    """Not in plain text, in JSON, in a file, in an address or a cookie: what forms of others send.

    A form that nobody can read is refused as such, and is no fault of ours.
    """
    browser = await office.signed_in(INSTALLATION_OWNER)
    token = await browser.form_token()
    fields = {"form_token": token, "code": "new", "name": "New chain"}
    plain = f"form_token={token}&code=new&name=x".encode()
    parts = f"multipart/form-data; boundary={BOUNDARY}"
    many = plain + b"&x=1" * 300
    encoded = "application/x-www-form-urlencoded"

    async def send(kind: str, body: bytes, path: str = "/chain/create", **more: str) -> int:
        headers = {"origin": office.origin, **more} | ({"content-type": kind} if kind else {})
        return (await browser.client.post(path, content=body, headers=headers)).status_code

    for kind, body in (
        ("text/plain", plain),
        ("text/plain;charset=UTF-8", b"form_token=" + token.encode() + b"\r\ncode=new\r\n"),
        ("", plain),
        ("application/json", f'{{"form_token": "{token}", "code": "new"}}'.encode()),
        ("application/x-www-form-urlencoded+x", plain),
        (encoded, b""),
        (encoded, plain.replace(b"form_token", b"Form_Token")),
    ):
        assert await send(kind, body) == 403, (kind, body)
    assert await send(encoded, plain.partition(b"&")[2], f"/chain/create?form_token={token}") == 403
    assert await send(encoded, b"code=new&name=x", cookie=f"form_token={token}") == 403
    for kind, body in (
        (parts, in_parts(fields, file="form_token")),
        ("multipart/form-data", in_parts(fields)),
        (parts, in_parts(fields).replace(b"Content-Disposition", b"Content-Nothing")),
        (encoded, many),
    ):
        assert await send(kind, body) == 400, (kind, body[:80])
    assert not await is_there(office)
    assert await send(parts, in_parts(fields)) == 302
    assert await is_there(office)


async def test_no_other_origin_is_taken_for_ours(office: Office) -> None:
    """Another port, scheme or spelling of it is another; who says nothing is nobody."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    token = await browser.form_token()
    port = office.origin.rpartition(":")[2]
    for headers in (
        {"origin": f"http://127.0.0.1:{int(port) - 1}"},
        {"origin": "http://127.0.0.1"},
        {"origin": f"https://127.0.0.1:{port}"},
        {"origin": f"http://[::1]:{port}"},
        {"origin": f"{office.origin}/"},
        {"origin": f"{office.origin}0"},
        {"origin": f"{office.origin}.evil.example"},
        {"origin": f"http://evil.example@127.0.0.1:{port}"},
        {"origin": f"{office.origin} https://evil.example"},
        {"origin": office.origin.upper()},
        {"origin": "", "sec-fetch-site": "same-origin"},
        {"origin": "null", "sec-fetch-site": "same-origin"},
        {"origin": office.origin, "sec-fetch-site": ""},
        {"origin": office.origin, "sec-fetch-site": "same-origin, cross-site"},
        {"origin": office.origin, "sec-fetch-site": "SAME-ORIGIN"},
        {"referer": f"{office.origin}/chain/create"},
        {"sec-fetch-mode": "same-origin", "x-requested-with": "XMLHttpRequest"},
    ):
        answer = await browser.client.post(
            "/chain/create",
            data={"form_token": token, "code": "new", "name": "New chain"},
            headers=headers,
        )
        assert answer.status_code == 403, headers
    assert not await is_there(office)


def is_for_others(answer: httpx.Response) -> bool:
    """Whether a browser would let another site have it."""
    return bool([name for name in answer.headers if name.startswith("access-control-")])


async def test_no_answer_is_for_another_site(office: Office) -> None:
    """Whoever asks for leave first gets none; scripts of others find no answer that runs as one."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    theirs = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    asking = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-form-token",
        "access-control-request-private-network": "true",
    }
    paths = ("/", "/sign-in", "/healthz", "/store/list", "/program/schema", "/csp-report", "/none")
    stranger: Browser = await office.browser()
    for one, path in itertools.product((browser, stranger), paths):
        answer = await one.client.options(path, headers=theirs | asking)
        assert answer.status_code == 403, path
        assert not is_for_others(answer), path
        answer = await one.client.get(path, headers=theirs)
        assert not is_for_others(answer), path
        assert answer.headers["cross-origin-resource-policy"] == "same-origin", path
    found = await browser.get("/store/lookup?term=s&callback=steal&jsonp=steal")
    assert found.json()
    assert "steal" not in found.text


async def test_no_page_becomes_a_websocket(office: Office) -> None:
    """What the gate does not judge is served by nobody."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    headers = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": "c29tZXRoaW5nIG9mIDE2IQ==",
        "sec-websocket-version": "13",
        "origin": "https://evil.example",
    }
    for path in ("/", "/account", "/store/list", "/assets/x"):
        answer = await browser.client.get(path, headers=headers)
        assert answer.status_code in {403, 404}, path
