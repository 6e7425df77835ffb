"""TLS of the port: handshakes, terminals' own certificates, and files that are renewed."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from checkout.api.server import ACCEPTORS
from checkout.api.transport_keys import TransportKeys
from checkout.client import CallRefusedError, CheckoutClient
from tests.faults.processes import WorkerProcess
from tests.service.running import environment_for, running_service, settings_for
from tests.service.till import Till

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOKEN = "north-s1-t1"


@dataclass(frozen=True)
class Authority:
    """A CA of one test."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls, name: str) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, _signed(name, key.public_key(), name, key, is_ca=True))

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, name: str, password: bytes = b"") -> tuple[bytes, bytes]:
        """A key, with a password if there is one, and a certificate of it for this machine."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.subject.rfc4514_string().removeprefix("CN=")
        signed = _signed(name, key.public_key(), issuer, self.key, is_ca=False)
        as_pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption(),
        )
        return as_pem, signed.public_bytes(serialization.Encoding.PEM)


def _signed(
    name: str,
    key: ec.EllipticCurvePublicKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


@dataclass(frozen=True)
class Files:
    """The server's chain and key."""

    chain: Path
    key: Path

    def put(self, issued: tuple[bytes, bytes]) -> None:
        self.key.write_bytes(issued[0])
        self.chain.write_bytes(issued[1])


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "chain.pem", tmp_path / "key.pem")


async def heard(target: str, ca_pem: bytes) -> str:
    """What a till that trusts this CA hears, over a connection of its own."""
    async with CheckoutClient(target, TOKEN, ca_pem=ca_pem, timeout_factor=10) as till:
        try:
            await till.get_operation("Confirm", "never-asked")
        except CallRefusedError as error:
            return error.status
    return "OK"


async def status(
    target: str, ca_pem: bytes, issued: tuple[bytes, bytes] | None, token: str = TOKEN
) -> str:
    """What a till with this certificate hears, over a connection of its own."""
    key, chain = issued or (None, None)
    credentials = grpc.ssl_channel_credentials(ca_pem, key, chain)
    async with grpc.aio.secure_channel(
        target, credentials, [("grpc.enable_retries", 0)]
    ) as channel:
        try:
            await Till(channel, token).snapshot_info()
        except grpc.aio.AioRpcError as error:
            return error.code().name
    return "OK"


async def test_a_till_trusts_whom_it_was_told_to(
    world_dsn: str, redis_url: str, files: Files
) -> None:
    """A server of another CA is none; what was renewed counts for who connects from then on."""
    first, second = Authority.new("first"), Authority.new("second")
    files.put(first.issue("checkout"))
    async with (
        running_service(
            world_dsn, redis_url, tls_certificate=str(files.chain), tls_key=str(files.key)
        ) as service,
        CheckoutClient(
            (target := f"127.0.0.1:{service.ports[0]}"), TOKEN, ca_pem=first.pem, timeout_factor=10
        ) as open_till,
    ):
        await open_till.get_operation("Confirm", "never-asked")
        assert await heard(target, second.pem) == "UNAVAILABLE"
        files.put(second.issue("checkout"))
        assert await heard(target, second.pem) == "OK"
        assert await heard(target, first.pem) == "UNAVAILABLE"
        await open_till.get_operation("Confirm", "never-asked")
        # Of another key, half-written, or away: what is in force stays so, at each of the servers
        # behind the port.
        files.key.write_bytes(first.issue("checkout")[0])
        for _ in range(ACCEPTORS):
            assert await heard(target, second.pem) == "OK"
        files.chain.write_bytes(b"-----BEGIN CERTIFICATE-----\n")
        assert await heard(target, second.pem) == "OK"
        files.chain.unlink()
        assert await heard(target, second.pem) == "OK"


async def test_a_terminal_shows_a_certificate_where_it_is_asked_for_one(
    world_dsn: str, redis_url: str, files: Files, tmp_path: Path
) -> None:
    """None, and one of another CA, end in the handshake; a right one still needs its token."""
    ours, theirs = Authority.new("ours"), Authority.new("theirs")
    files.put(ours.issue("checkout"))
    (tmp_path / "ca.pem").write_bytes(ours.pem)
    async with running_service(
        world_dsn,
        redis_url,
        tls_certificate=str(files.chain),
        tls_key=str(files.key),
        tls_client_ca=str(tmp_path / "ca.pem"),
    ) as service:
        target = f"127.0.0.1:{service.ports[0]}"

        till = ours.issue("till")
        assert await status(target, ours.pem, till) == "OK"
        assert await status(target, ours.pem, None) == "UNAVAILABLE"
        assert await status(target, ours.pem, theirs.issue("till")) == "UNAVAILABLE"
        assert await status(target, ours.pem, till, "wrong") == "UNAUTHENTICATED"


def environment_of(
    dsn: str, redis_url: str, files: Files, client_ca: Path | None = None
) -> dict[str, str]:
    """The settings of a worker with these files."""
    return environment_for(dsn, redis_url) | {
        "CHECKOUT_TLS_CERTIFICATE": str(files.chain),
        "CHECKOUT_TLS_KEY": str(files.key),
        "CHECKOUT_TLS_CLIENT_CA": str(client_ca or ""),
    }


async def test_faulty_files_change_nothing_of_a_running_worker(
    world_dsn: str, redis_url: str, files: Files, tmp_path: Path
) -> None:
    """Of a CA file that ends half-way nothing counts; nobody is asked for a key's password.

    Each fault is told once; what is mended counts again.
    """
    ours, theirs = Authority.new("ours"), Authority.new("theirs")
    till, other_till = ours.issue("till"), theirs.issue("till")
    files.put(ours.issue("checkout"))
    (client_ca := tmp_path / "ca.pem").write_bytes(both := ours.pem + theirs.pem)
    worker = WorkerProcess(
        environment_of(world_dsn, redis_url, files, client_ca), tmp_path / "worker.log"
    )
    try:
        await worker.start()
        target = f"127.0.0.1:{worker.port}"
        for half in (both[:-200], both[:30]):
            client_ca.write_bytes(half)
            for _ in range(ACCEPTORS):
                assert await status(target, ours.pem, other_till) == "OK"
        client_ca.write_bytes(both)
        assert await status(target, ours.pem, other_till) == "OK"
        files.put(ours.issue("checkout", b"secret"))
        for _ in range(ACCEPTORS):
            assert await status(target, ours.pem, other_till) == "OK"
        files.put(ours.issue("checkout"))
        client_ca.unlink()
        for _ in range(ACCEPTORS):
            assert await status(target, ours.pem, other_till) == "OK"
        client_ca.write_bytes(ours.pem)
        assert await status(target, ours.pem, till) == "OK"
        assert await status(target, ours.pem, other_till) == "UNAVAILABLE"
    finally:
        await worker.end()
    told = [line for line in worker.log.read_text().splitlines() if "tls.not_read" in line]
    settings = ["CLIENT_CA", "CLIENT_CA", "KEY", "CLIENT_CA"]
    assert len(told) == len(settings)
    assert all(f"CHECKOUT_TLS_{name}: " in line for name, line in zip(settings, told, strict=True))


async def test_a_worker_asks_nobody_for_the_password_of_its_key(
    world_dsn: str, redis_url: str, files: Files, tmp_path: Path
) -> None:
    """It says so and ends: at its standard input there is only whoever started it."""
    files.put(Authority.new("ours").issue("checkout", b"secret"))
    worker = WorkerProcess(environment_of(world_dsn, redis_url, files), tmp_path / "worker.log")
    try:
        with pytest.raises(RuntimeError, match=r"CHECKOUT_TLS_KEY: \S+ asks for a password"):
            await worker.start()
        await worker.wait_until_ended()
        assert worker.exit_code == 1
    finally:
        await worker.end()
    assert "pass phrase" not in worker.log.read_text()


@pytest.mark.parametrize(
    ("setting", "spoil"),
    [
        ("TLS_CERTIFICATE", lambda whole: whole[:-200]),
        ("TLS_CERTIFICATE", lambda _: None),
        ("TLS_KEY", lambda whole: whole[:-100]),
        ("TLS_KEY", lambda _: Authority.new("theirs").issue("checkout")[0]),
        ("TLS_CLIENT_CA", lambda whole: whole + whole[:-200]),
        ("TLS_CLIENT_CA", lambda _: b""),
        ("TLS_CLIENT_CA", lambda _: None),
    ],
)
def test_what_is_wrong_with_a_file_is_said_of_its_setting(
    files: Files, tmp_path: Path, setting: str, spoil: Callable[[bytes], bytes | None]
) -> None:
    """Half-written, away, empty or of somebody else: each would otherwise be met in handshakes."""
    ours = Authority.new("ours")
    files.put(ours.issue("checkout"))
    (client_ca := tmp_path / "ca.pem").write_bytes(ours.pem)
    paths = {"TLS_CERTIFICATE": files.chain, "TLS_KEY": files.key, "TLS_CLIENT_CA": client_ca}
    settings = settings_for(
        "postgresql://nowhere",
        "redis://nowhere",
        **{name.lower(): str(path) for name, path in paths.items()},
    )
    TransportKeys(settings)
    spoilt = spoil(paths[setting].read_bytes())
    paths[setting].unlink()
    if spoilt is not None:
        paths[setting].write_bytes(spoilt)
    with pytest.raises(OSError, match=rf"^CHECKOUT_{setting}: .*{paths[setting]}"):
        TransportKeys(settings)
