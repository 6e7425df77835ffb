"""The rules around some campaigns, as the next publication would have them: to check and to word.

Only what the campaigns name of the catalogue is read, so this is quick with any catalogue; the
check of the whole is that of the publication.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import orjson
from pydantic import ValidationError
from sqlalchemy import ARRAY, Text, any_, cast, literal, or_, select, text

from admin.campaigns.life import Status
from admin.records.dictionary import read_dictionary
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import (
    Campaign,
    Category,
    Chain,
    Partner,
    Product,
    Program,
    Store,
)
from admin.scope import current_scope
from admin.texts import spoken
from checkout.engine.dictionary import words_with
from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.problems import Problem, check_snapshot
from checkout.engine.problems.schema_faults import schema_faults
from checkout.engine.schema.campaign import Campaign as CampaignDocument
from checkout.wording.again import again
from checkout.wording.campaigns import campaign_in_words, campaign_title
from checkout.wording.programs import program_in_words, program_title
from checkout.wording.sections import Section, section_lines
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from checkout.engine.schema.snapshot import Snapshot

#: Faults that one answer names.
FAULTS_MAX: Final = 20
#: Of so few campaigns the others that they name, or that name them, are looked for; of more all are
#: read.
RELATED_ONE_BY_ONE_MAX: Final = 20
#: Articles that are named, and one of each brand, supplier, tag and attribute that is: enough to
#: know that there is such a one.
#: A kind of which nothing is named does not cost a look at the whole catalogue.
_NAMED_GOODS: Final = text("""
    select sku from product where sku = any(:named)
    union select min(sku) from product
    where cardinality(cast(:brands as text[])) > 0 and brand = any(:brands) group by brand
    union select min(sku) from product
    where cardinality(cast(:suppliers as text[])) > 0 and supplier = any(:suppliers)
    group by supplier
    union select min(sku) from product, unnest(tags) tag
    where cardinality(cast(:tags as text[])) > 0 and tag = any(:tags) group by tag
    union select min(sku) from product, jsonb_each_text(attributes) held
    where cardinality(cast(:attributes as text[])) > 0 and held.value = any(:attributes)
    group by held.key, held.value
""")
_GOODS_FIELDS: Final = ("brands", "suppliers", "tags", "attributes")


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with a campaign, by the path inside its document; or what it says, in words."""

    faults: Sequence[Problem]
    sections: Sequence[Section] = ()


class Rulebook:
    """Partner, programs, places and words, with the goods that some documents name."""

    def __init__(self, base: dict[str, Any], others: Mapping[str, dict[str, Any]]) -> None:
        self._base = base
        self._others = others
        #: By the document: pages ask for the same one as what it is, what it was and a version.
        self._checked: dict[bytes, Checked] = {}

    @classmethod
    async def read(
        cls, database: AsyncSession, documents: Collection[Mapping[str, Any]]
    ) -> Rulebook:
        """The rules around the documents, of the partner on whose rows one works.

        Raises:
            RefusedChangeError: no partner is chosen.
        """
        partner_id = current_scope().partner_id
        if partner_id is None:
            raise RefusedChangeError("refused.no_partner")
        partner = (
            await database.scalars(select(Partner).where(Partner.partner_id == partner_id))
        ).one()
        programs = [one.document for one in await _all(database, Program)]
        rules = (*documents, *programs)
        # Nothing is called as no text of the database can be.
        named = {word for one in rules for word in words_in(one) if "\0" not in word}
        goods = {
            name: sorted(named & {word for one in rules for word in _words_under(name, one)})
            for name in _GOODS_FIELDS
        }
        skus = list(await database.scalars(_NAMED_GOODS, {"named": sorted(named), **goods}))
        base = {
            "partner": {
                "code": partner.code,
                "name": partner.name,
                "currency": {
                    "code": partner.currency_code,
                    "exponent": partner.currency_exponent,
                },
            },
            "programs": programs,
            "chains": [{"code": one.code, "name": one.name} for one in await _all(database, Chain)],
            "stores": [_store(one) for one in await _all(database, Store)],
            # As rows, not as records: there are thousands, for each look at a campaign.
            "categories": [
                {"code": code, "name": name, "parent": parent}
                for code, name, parent in await database.execute(
                    select(Category.code, Category.name, Category.parent_code).order_by(
                        Category.code
                    )
                )
            ],
            "products": [
                _product(one)
                for one in await database.scalars(select(Product).where(Product.sku.in_(skus)))
            ],
            "words": words_with(partner.words or {}, await read_dictionary(database)),
        }
        related = select(Campaign.document).where(Campaign.status == Status.LIVE)
        codes = {str(document.get("code", "")) for document in documents} - {""}
        if len(codes) <= RELATED_ONE_BY_ONE_MAX:
            # One look at each document; what it finds too much is no harm.
            naming = any_(literal([f'%"{code}"%' for code in codes], ARRAY(Text)))
            related = related.where(
                or_(Campaign.code.in_(named), cast(Campaign.document, Text).like(naming))
            )
        live = await database.scalars(related)
        return cls(base, {one["code"]: one for one in live if one})

    @property
    def document(self) -> dict[str, Any]:
        """The rules without campaigns, as the file that loaders and `describe` know."""
        return self._base

    def among(self, documents: Iterable[dict[str, Any]]) -> Rulebook:
        """The same rules with these campaigns beside those that are there."""
        return Rulebook(self._base, {**self._others, **{one["code"]: one for one in documents}})

    async def check(self, document: dict[str, Any]) -> Checked:
        """Find the faults of a campaign among these rules, or word it."""
        with speaking(spoken()):
            return await asyncio.to_thread(self._check, document)

    async def check_program(self, document: dict[str, Any]) -> Checked:
        """Find the faults of a program, without those of campaigns that name it, or word it."""
        with speaking(spoken()):
            return await asyncio.to_thread(self._check_program, document)

    async def lines(self, document: dict[str, Any] | None) -> list[str]:
        """A campaign in words, as lines; what cannot be worded has none."""
        if document is None:
            return []
        with speaking(spoken()):
            return await asyncio.to_thread(self._lines, document)

    async def program_lines(self, document: dict[str, Any] | None) -> list[str]:
        """A program in words, as lines."""
        if document is None:
            return []
        with speaking(spoken()):
            return await asyncio.to_thread(self._program_lines, document)

    def _check(self, document: dict[str, Any]) -> Checked:
        key = orjson.dumps(document)
        if key not in self._checked:
            self._checked[key] = self._looked_at(document)
        return self._checked[key]

    def _looked_at(self, document: dict[str, Any]) -> Checked:
        try:
            campaign = CampaignDocument.model_validate(document)
        except ValidationError as error:
            return _faulty(schema_faults(error, document, ""))
        root = f"campaigns[{campaign.code}]"
        try:
            snapshot = self._around(campaign, document)
        except InvalidDocumentError as error:
            return _faulty(error.problems)
        faults = _below(root, check_snapshot(snapshot))
        if faults:
            return _faulty(faults)
        return Checked((), campaign_in_words(snapshot, campaign))

    def _lines(self, document: dict[str, Any]) -> list[str]:
        checked = self._check(document)
        if checked.faults:
            return []
        campaign = CampaignDocument.model_validate(document)
        return [campaign_title(campaign), *section_lines(checked.sections)]

    def _check_program(self, document: dict[str, Any]) -> Checked:
        root = f"programs[{document['code']}]"
        try:
            snapshot = self._around_program(document)
        except InvalidDocumentError as error:
            return _faulty(_below(root, error.problems))
        faults = _below(root, check_snapshot(snapshot))
        if faults:
            return _faulty(faults)
        return Checked((), program_in_words(snapshot, snapshot.programs[0]))

    def _around_program(self, document: dict[str, Any]) -> Snapshot:
        """A program among the others; a partner that has no store yet gets one."""
        code = document["code"]
        others = [one for one in self._base["programs"] if one["code"] != code]
        base = {**self._base, "programs": [document, *others]}
        if not base["stores"]:
            store = {"code": "-", "chain": "-", "program": code, "name": "-"}
            base |= {"chains": [{"code": "-", "name": "-"}], "stores": [store]}
        return parse_snapshot(base)

    def _program_lines(self, document: dict[str, Any]) -> list[str]:
        try:
            snapshot = self._around_program(document)
        except InvalidDocumentError:
            return []
        program = snapshot.programs[0]
        return [program_title(program), *section_lines(program_in_words(snapshot, program))]

    @cached_property
    def _ground(self) -> Snapshot:
        """All but the campaigns, as the engine has it."""
        return parse_snapshot(self._base)

    @cached_property
    def _named_by(self) -> dict[str, set[str]]:
        """The words of each of the others."""
        return {code: set(words_in(other)) for code, other in self._others.items()}

    def _around(self, campaign: CampaignDocument, document: dict[str, Any]) -> Snapshot:
        """The campaign, and those others that it names, or that name it."""
        named = set(words_in(document))
        related = [
            _parsed(self._others[code])
            for code, words in self._named_by.items()
            if code != campaign.code and (code in named or campaign.code in words)
        ]
        return self._ground.model_copy(update={"campaigns": (campaign, *related)})


def _faulty(problems: Sequence[Problem]) -> Checked:
    """The first faults, in the language that is spoken."""
    return Checked([Problem(one.field, again(one.message)) for one in problems[:FAULTS_MAX]])


def _below(root: str, problems: Iterable[Problem]) -> list[Problem]:
    """Those of one document, by the paths inside it."""
    return [
        Problem(problem.field.removeprefix(root).lstrip("."), problem.message)
        for problem in problems
        if problem.field.startswith(root)
    ]


def _parsed(document: dict[str, Any]) -> CampaignDocument:
    try:
        return CampaignDocument.model_validate(document)
    except ValidationError as error:
        root = f"campaigns[{document['code']}]"
        raise InvalidDocumentError(schema_faults(error, document, root)) from None


async def _all(database: AsyncSession, table: type[Any]) -> Sequence[Any]:
    return (await database.scalars(select(table).order_by(table.code))).all()


def _store(store: Store) -> dict[str, Any]:
    return {
        "code": store.code,
        "chain": store.chain_code,
        "program": store.program_code,
        "name": store.name,
        "address": store.address,
        "format": store.format,
        "region": store.region,
        "time_zone": store.time_zone,
    }


def _product(product: Product) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "category": product.category_code,
        "brand": product.brand,
        "name": product.name,
        "supplier": product.supplier,
        "tags": product.tags,
        "attributes": product.attributes,
        "flags": product.flags,
    }


def _words_under(name: str, document: object) -> Iterator[str]:
    """Every text that a document holds in fields of the name."""
    if isinstance(document, dict):
        for field, value in document.items():
            yield from words_in(value) if field == name else _words_under(name, value)
    elif isinstance(document, list):
        for value in document:
            yield from _words_under(name, value)


def words_in(document: object) -> Iterator[str]:
    """Every text that a document holds as a value."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from words_in(value)
    elif isinstance(document, list):
        for value in document:
            yield from words_in(value)
