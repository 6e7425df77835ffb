"""Whatever is deployed may be: its licence is known, and one that we accept."""

from __future__ import annotations

import pytest

from tests.tidy.licences import deployed, is_accepted, licence_of


def test_every_package_that_is_deployed_has_an_accepted_licence() -> None:
    """A new dependency, or a new version, with another licence is looked at by somebody."""
    found = {name: licence_of(name) for name in deployed()}
    assert len(found) > 30
    assert not {name: licence for name, licence in found.items() if not is_accepted(licence)}


@pytest.mark.parametrize(
    ("licence", "accepted"),
    [
        ("MIT License", True),
        ("BSD-3-Clause", True),
        ("Apache-2.0 AND LicenseRef-Public-Domain", True),
        ("GNU Affero General Public License v3", False),
        ("SUBMIT", False),
        ("", False),
    ],
)
def test_licences_are_told_apart(licence: str, accepted: bool) -> None:
    """By whole words: nothing said is not accepted."""
    assert is_accepted(licence) == accepted
