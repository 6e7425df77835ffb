"""What stands where a value of the history cannot be shown."""

from __future__ import annotations

from enum import StrEnum


class Unshown(StrEnum):
    #: Whoever looks does not see names and contacts.
    HIDDEN = "hidden"
    #: The member's key is destroyed.
    ERASED = "erased"
    #: The settings have not the key that opens the member's, or the value is not what was sealed.
    UNREADABLE = "unreadable"
