"""The admin running on a real port and a database of the test's own, and browsers for it."""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import asyncpg
import httpx
import uvicorn
from jinja2.bccache import Bucket, BytecodeCache

from admin.assembly import build_app
from admin.permissions import Role
from admin.serving import listening
from admin.settings import AdminSettings
from admin.staff.passwords import Passwords
from tests.service import world
from tests.service.running import as_role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.applications import Starlette

    from tests.service.running import Service

PASSWORD: Final = "a long enough sentence"
#: Staff of tests: the role's name is that of North's; these are the others.
INSTALLATION_OWNER: Final = "root-owner"
SOUTH_ADMINISTRATOR: Final = "south-administrator"
SOUTH_MARKETER: Final = "south-marketer"
_TOKEN: Final = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
_SEEN: Final = re.compile(r'name="seen" type="hidden" value="([0-9a-f]*)"')
_HASHED: Final[list[str]] = []
#: Pages of tests are plain: reading the machine's certificates takes 20 ms for each browser.
_PLAIN: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def login_of(role: Role) -> str:
    """The login of North's person of a role."""
    return f"north-{role.value.replace('_', '-')}"


class CompiledTemplates(BytecodeCache):
    """Each application has templates of its own; what was compiled once serves all of a run."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._compiled.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = CompiledTemplates()


@dataclass
class Browser:
    """Somebody's browser: keeps cookies, sends what a browser sends, fills in forms of pages."""

    client: httpx.AsyncClient
    origin: str
    last: httpx.Response | None = field(default=None)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """Open a page."""
        self.last = await self.client.get(path, **more)
        return self.last

    async def post(
        self,
        path: str,
        fields: Mapping[str, str | list[str]] | None = None,
        *,
        token: str | None = None,
    ) -> httpx.Response:
        """Send a form; its token is that of the page that was opened last, or of the account."""
        if token is None:
            token = await self.form_token()
        return await self.client.post(
            path,
            data={"form_token": token, **(fields or {})},
            headers={"origin": self.origin, "sec-fetch-site": "same-origin"},
        )

    async def form_token(self) -> str:
        """What forms of this browser carry."""
        page = await self.client.get("/account", follow_redirects=True)
        found = _TOKEN.search(page.text)
        assert found is not None, page.text[:500]
        return found[1]

    async def edit(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """Open the form of a record, and send it back with its version."""
        page = await self.get(path)
        found = _SEEN.search(page.text)
        assert found is not None, page.text[:1_000]
        return await self.post(path, {"seen": found[1], **fields})


@dataclass
class Office:
    """The admin, and a superuser's look behind the scenes."""

    origin: str
    dsn: str
    database: asyncpg.Connection[Any]
    app: Starlette
    stack: AsyncExitStack

    async def browser(self, language: str = "en") -> Browser:
        """A browser that nobody has signed in with."""
        client = httpx.AsyncClient(
            base_url=self.origin, headers={"accept-language": language}, timeout=30, verify=_PLAIN
        )
        await self.stack.enter_async_context(client)
        return Browser(client, self.origin)

    async def signed_in(self, login: str, password: str = PASSWORD) -> Browser:
        """A browser of somebody who is signed in."""
        browser = await self.browser()
        answer = await sign_in(browser, login, password)
        assert answer.status_code == 303, answer.text
        return browser

    async def history(self, record: str) -> list[asyncpg.Record]:
        """What the history says about a kind of record, oldest first."""
        return list(
            await self.database.fetch(
                "select * from admin_history where record = $1 order by seq", record
            )
        )


async def sign_in(browser: Browser, login: str, password: str = PASSWORD) -> httpx.Response:
    """Fill in the form of the entrance."""
    page = await browser.get("/sign-in")
    found = _TOKEN.search(page.text)
    assert found is not None
    return await browser.post("/sign-in", {"login": login, "password": password}, token=found[1])


async def seed_staff(database: asyncpg.Connection[Any]) -> None:
    """A person of each role at North, an owner of the installation, and two people of South.

    Once, though one office after the other may stand beside a service.
    """
    if not _HASHED:
        _HASHED.append(await Passwords().hashed(PASSWORD))
    people = [
        *[(world.NORTH, login_of(role), role.value) for role in Role],
        (None, INSTALLATION_OWNER, "owner"),
        (world.SOUTH, SOUTH_ADMINISTRATOR, "administrator"),
        (world.SOUTH, SOUTH_MARKETER, "marketer"),
    ]
    await database.executemany(
        "insert into staff (partner_id, login, name, role, password_hash)"
        " values ($1, $2, 'Pat ' || $2, $3, $4) on conflict (login) do nothing",
        [(*person, _HASHED[0]) for person in people],
    )


async def begin_partner(database: asyncpg.Connection[Any]) -> str:
    """A partner that has nothing yet; the login of its owner."""
    login = "fresh-owner"
    await database.execute(
        "with fresh as ("
        " insert into partner (code, name, currency_code) values ('fresh', 'Fresh', 'RUB')"
        " returning partner_id)"
        " insert into staff (partner_id, login, name, role, password_hash)"
        " select partner_id, $1, 'Pat ' || $1, 'owner', $2 from fresh",
        login,
        _HASHED[0],
    )
    return login


def settings_of(dsn: str, **more: Any) -> AdminSettings:
    """Settings of tests: the role is the admin's, though a superuser's connection plays it."""
    return AdminSettings(postgres_dsn=as_role(dsn, "checkout_admin"), port=0, **more)


@asynccontextmanager
async def running_office(dsn: str, **settings: Any) -> AsyncIterator[Office]:
    """The admin on a free port."""
    served, app = build_app(settings_of(dsn, **settings))
    records: Any = app.routes[-1]
    # Pages of records are methods of what has the templates.
    records.app.routes[-1].endpoint.__self__.templates.env.bytecode_cache = _COMPILED
    config = uvicorn.Config(served, port=0, log_config=None, access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    socket = listening(config)
    async with AsyncExitStack() as stack:
        database = await asyncpg.connect(dsn)
        stack.push_async_callback(database.close)
        await seed_staff(database)
        serving = asyncio.create_task(server._serve([socket]))
        while not server.started:
            assert not serving.done(), serving
            await asyncio.sleep(0)
        yield Office(f"http://127.0.0.1:{socket.getsockname()[1]}", dsn, database, app, stack)
        await stack.aclose()
        server.should_exit = True
        await serving


@asynccontextmanager
async def office_beside(service: Service) -> AsyncIterator[Office]:
    """The admin on the database of a service, which its pages call."""
    async with running_office(
        service.dsn,
        service_target=f"127.0.0.1:{service.ports[0]}",
        service_credential=world.CREDENTIAL,
        sealing_keys=world.SEALING_KEYS,
    ) as office:
        yield office


def store_path(code: str, partner: str = "north") -> str:
    """The key of a partner's row as addresses have it."""
    return f"{world.PARTNERS[partner]};{quote(code)}"
