"""What the compiler makes of a snapshot: immutable, shared by all evaluations of a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.compiled_campaign import CompiledCampaign
from checkout.engine.compiled_program import CompiledProgram
from checkout.engine.schema.snapshot import SEMANTICS, Words
from checkout.engine.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.catalogue import Catalogue
    from checkout.engine.places import CompiledStore
    from checkout.engine.schema.snapshot import Currency

__all__ = ["CompiledCampaign", "CompiledProgram", "CompiledSnapshot"]


class CompiledSnapshot:
    """All that a worker evaluates with, under its content id."""

    __slots__ = (
        "campaign_count",
        "catalogue",
        "chains",
        "currency",
        "is_contested",
        "partner",
        "programs",
        "semantics",
        "snapshot_id",
        "stores",
        "windows",
        "words",
    )

    def __init__(
        self,
        partner: str,
        currency: Currency,
        catalogue: Catalogue,
        stores: dict[str, CompiledStore],
        programs: dict[str, CompiledProgram],
        words: Words | None = None,
        chains: Iterable[str] = (),
    ) -> None:
        """Bring the compiled parts together; the id is set by who knows it."""
        self.snapshot_id = "0" * 64
        self.semantics = SEMANTICS
        self.partner = partner
        self.currency = currency
        self.catalogue = catalogue
        self.stores = stores
        #: Codes of all chains, such without stores too.
        self.chains = frozenset(chains)
        self.programs = programs
        self.words = words or Words()
        self.campaign_count = sum(program.campaign_count for program in programs.values())
        #: Windows that conditions look at: of all that a member bought, in whatever program.
        self.windows = frozenset[Window]().union(*[each.windows for each in programs.values()])
        #: Whether some program has budgets, limits that many members share, or counted gifts.
        self.is_contested = any(program.is_contested for program in programs.values())
