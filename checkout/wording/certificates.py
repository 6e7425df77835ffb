"""Series of certificates and passes in words: what they pay for, where, when and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.certificates import CertificateKind
from checkout.wording.goods import EVERYTHING, goods_text
from checkout.wording.names import titled
from checkout.wording.phrases import phrases
from checkout.wording.point_rewards import dates_text
from checkout.wording.sections import Sentence, plain
from checkout.wording.speech import counted, said, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.certificates import CertificateSeries
    from checkout.wording.names import Names

_KINDS: Final = phrases(
    CertificateKind,
    {
        CertificateKind.MONEY: "certificates that hold money",
        CertificateKind.PASS: "passes that hold units",
    },
)
_PAY: Final = phrases(
    CertificateKind,
    {
        CertificateKind.MONEY: "They pay what points leave of their goods.",
        CertificateKind.PASS: (
            "Each pays for a whole unit, the dearest first and none by weight, before points."
        ),
    },
)


def certificates_in_words(names: Names) -> Iterator[Sentence]:
    """What a program takes beside money and points."""
    if not names.program.certificates:
        yield Sentence(say("No certificates and passes are taken."))
        return
    for series in names.program.certificates:
        text = f"{titled(series.code, series.name)}: {_KINDS[series.kind]}."
        yield Sentence(text, plain(*_settings(names, series)))
    yield Sentence(say("They change no price, and guests pay with them, too."))
    yield Sentence(
        say(
            "Of several, passes come first, then those that mean fewer lines, that "
            "end earlier, and of the smaller code."
        )
    )


def holding_text(names: Names, series: str, amount: int) -> str:
    """What a certificate of a series holds: money, or units if the program takes it as a pass."""
    is_pass = any(
        each.code == series and each.kind is CertificateKind.PASS
        for program in names.snapshot.programs
        for each in program.certificates
    )
    return counted(amount, "unit") if is_pass else names.money(amount)


def _settings(names: Names, series: CertificateSeries) -> Iterator[str]:
    yield _PAY[series.kind]
    goods = goods_text(names, series.goods)
    if series.goods is None and series.kind is CertificateKind.MONEY:
        goods = say("{goods}, and for delivery charges", goods=said(EVERYTHING))
    yield say("They pay for {goods}.", goods=goods)
    if series.stores:
        yield say("Only in {stores}.", stores=names.stores(series.stores))
    else:
        yield say("In every store of the program.")
    if series.face is not None:
        yield say(
            "A new one holds {holding}.", holding=holding_text(names, series.code, series.face)
        )
    else:
        yield say("What a new one holds is said when it is issued.")
    if series.once:
        yield say("They are spent in one sale: what it leaves lapses.")
    else:
        yield say("What one sale leaves can be spent in others.")
    if series.sold_as:
        yield say(
            "One becomes active when this is sold: {articles}.",
            articles=names.articles(series.sold_as),
        )
    else:
        yield say("No sale makes one active.")
    yield say("From then on they are {dates}.", dates=dates_text(series.dates))
