"""What is sealed opens with its own key, in its own place, and tells nothing by its length."""

from __future__ import annotations

from uuid import UUID

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from admin.sealing.box import CannotOpenError, new_key, seal, unseal
from admin.sealing.masters import MasterKeys, read_masters
from admin.sealing.member_keys import MemberKey
from admin.sealing.values import is_sealed, opened_value, sealed_value
from admin.serving import tell_what_is_not_sealed
from admin.settings import AdminSettings

KEY_1, KEY_2 = "01" * 32, "02" * 32
ANN = MemberKey(UUID(int=1), new_key())
DSN = "postgresql://checkout_admin@localhost/checkout"


def test_another_key_place_or_letter_opens_nothing() -> None:
    """Nor does what is too short to be anything."""
    key, plain = new_key(), b"Karenina"
    sealed = seal(key, plain, "here")
    assert plain not in sealed
    assert unseal(key, sealed, "here") == plain
    assert seal(key, plain, "here") != sealed
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for held, closed, place in (
        (new_key(), sealed, "here"),
        (key, sealed, "there"),
        (key, altered, "here"),
        (key, sealed[:20], "here"),
        (key, b"", "here"),
    ):
        with pytest.raises(CannotOpenError):
            unseal(held, closed, place)


@pytest.mark.parametrize("value", [None, "", "female", "1990-02-03", ["https://t.me/anna"]])
def test_a_value_comes_back_as_it_was(value: object) -> None:
    """In its own column."""
    sealed = sealed_value(ANN, "gender", value)
    assert is_sealed(sealed)
    assert opened_value(ANN, "gender", sealed) == value
    with pytest.raises(CannotOpenError):
        opened_value(ANN, "last_name", sealed)
    with pytest.raises(CannotOpenError):
        opened_value(MemberKey(ANN.key_id, None), "gender", sealed)


def test_lengths_tell_nothing_of_what_is_short() -> None:
    """Neither a gender nor that there was none; a longer text is told by multiples of 64."""
    lengths = {
        len(sealed_value(ANN, "gender", value)["sealed"])
        for value in (None, "", "male", "female", "x" * 62)
    }
    assert len(lengths) == 1
    assert len(sealed_value(ANN, "email", "x" * 63)["sealed"]) not in lengths


def test_master_keys_rotate() -> None:
    """The first one seals; what another of them has sealed opens as long as it is there."""
    old, new = read_masters(f"1:{KEY_1}"), read_masters(f"2:{KEY_2}")
    both = read_masters(f"2:{KEY_2},1:{KEY_1}")
    assert old and both and new  # noqa: PT018 - for mypy
    sealed = old.seal(b"secret", "here")
    assert both.unseal(sealed, "here") == b"secret"
    assert new.unseal(both.seal(b"secret", "here"), "here") == b"secret"
    for masters, closed in ((new, sealed), (old, b""), (MasterKeys({1: new_key()}), sealed)):
        with pytest.raises(CannotOpenError):
            masters.unseal(closed, "here")


@pytest.mark.parametrize(
    "text",
    ["secretly", "1:", f"0:{KEY_1}", f"256:{KEY_1}", f"1:{KEY_1[:-2]}", f"1:{KEY_1},1:{KEY_2}"],
)
def test_keys_of_another_form_are_refused_at_the_start(text: str) -> None:
    """The refusal says which form they have, and not what was written."""
    with pytest.raises(ValidationError, match="openssl rand -hex 32") as refused:
        AdminSettings(postgres_dsn=DSN, sealing_keys=text)
    assert text not in str(refused.value)


def test_the_start_tells_that_nothing_is_sealed() -> None:
    """With which setting that would be otherwise; and is quiet, if it is set."""
    with capture_logs() as told:
        tell_what_is_not_sealed(AdminSettings(postgres_dsn=DSN, sealing_keys=f"1:{KEY_1}"))
    assert told == []
    with capture_logs() as told:
        tell_what_is_not_sealed(AdminSettings(postgres_dsn=DSN))
    (line,) = told
    assert line["needs"] == "CHECKOUT_ADMIN_SEALING_KEYS"
