"""Targets of a client: one machine, or several."""

from __future__ import annotations

import pytest

from checkout.client.channel import open_channel


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("10.0.0.1:50051,checkout.example:50051", "'checkout.example:50051' is not an IPv4"),
        ("10.0.0.1:50051,", "'' is not an IPv4"),
        ("10.0.0.1:50051,10.0.0.2", "'10.0.0.2' is not an IPv4"),
        ("10.0.0.1:50051,10.0.0.2:0", "'10.0.0.2:0' is not an IPv4"),
        ("10.0.0.1:50051,10.0.0.2:99999", "'10.0.0.2:99999' is not an IPv4"),
    ],
)
def test_what_is_no_list_of_machines_is_refused(target: str, said: str) -> None:
    """At once, and by its name: gRPC would try to connect until the deadline."""
    with pytest.raises(ValueError, match=said):
        open_channel(target)


def test_several_machines_with_tls_need_a_name() -> None:
    """A certificate is for a name, which a list of addresses has not."""
    with pytest.raises(ValueError, match="one DNS name"):
        open_channel("10.0.0.1:50051,10.0.0.2:50051", ca_pem=b"")
