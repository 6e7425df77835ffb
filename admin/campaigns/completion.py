"""What completion offers where a rule names something: which kind of codes or words, by field.

The schema knows that a text stands there; which one means what, is said here. What is few comes
with the schema, of all else the first that begin as typed are looked for.
"""

from __future__ import annotations

from typing import Any, Final

#: Field → kind, of all documents that have such a field.
KINDS: Final = {
    "activity": "activities",
    "barcodes": "",
    "bins": "",
    "brands": "brands",
    "campaigns": "campaigns",
    "categories": "categories",
    "category": "categories",
    "chains": "chains",
    "channel": "consents",
    "channels": "",
    "currency": "currencies",
    "formats": "formats",
    "genders": "genders",
    "gift": "gifts",
    "lane": "lanes",
    "list": "member_lists",
    "not_with": "campaigns",
    "regions": "regions",
    "segments": "segments",
    "sku": "products",
    "skus": "products",
    "sold_as": "products",
    "states": "lifecycles",
    "store": "stores",
    "stores": "stores",
    "suppliers": "suppliers",
    "tag": "tags",
    "terminal": "terminals",
    "tiers": "tiers",
    "time_zone": "time_zones",
    "tokens": "",
    "types": "card_types",
}
#: (Document, field) → kind, where the same name means something else.
KINDS_OF_DOCUMENTS: Final = {
    ("Goods", "tags"): "goods_tags",
    ("GoodsAttribute", "name"): "goods_attributes",
    ("GoodsAttribute", "values"): "goods_values",
    ("MemberAttribute", "name"): "attributes",
    ("MemberTag", "tags"): "tags",
    ("CouponSeries", "series"): "coupon_series",
    ("IssueCoupon", "series"): "coupon_series",
    ("IssueCertificate", "series"): "certificate_series",
    ("Tender", "kinds"): "",
}
#: Kind → where it is looked for; others come with the schema.
ASKED: Final = {
    "categories": "/category/lookup",
    "chains": "/chain/lookup",
    "products": "/product/lookup",
    "stores": "/store/lookup",
    **{
        kind: f"/offered/{kind}"
        for kind in (
            *("brands", "campaigns", "formats", "goods_attributes", "goods_tags", "goods_values"),
            *("regions", "suppliers", "terminals"),
        )
    },
}
#: Texts that nobody has a list of: codes of what is being written, names and sentences.
FREE: Final = frozenset(
    {
        "cashier",
        "code",
        "description",
        "display",
        "name",
        "program",
        "slip",
        "slip_footer",
        "text",
        "value",
    }
)


def with_kinds(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema whose fields say, as `offered`, of what kind the codes in them are."""
    documents = {str(schema.get("title", "")): schema, **schema.get("$defs", {})}
    told = {name: _document_with_kinds(name, one) for name, one in documents.items()}
    root = told.pop(str(schema.get("title", "")))
    return {**root, "$defs": told}


def _document_with_kinds(name: str, document: dict[str, Any]) -> dict[str, Any]:
    fields = document.get("properties")
    if fields is None:
        return document
    return {
        **document,
        "properties": {
            field: {**one, "offered": kind} if (kind := kind_of(name, field, one)) else one
            for field, one in fields.items()
        },
    }


def kind_of(document: str, field: str, schema: dict[str, Any]) -> str:
    """The kind of what stands in a field; empty if it is no text, or one of which none is known."""
    if not is_text(schema):
        return ""
    return KINDS_OF_DOCUMENTS.get((document, field), KINDS.get(field, ""))


def is_text(schema: dict[str, Any]) -> bool:
    """Whether a text stands in a field, or several in a list, that is none of a closed list."""
    for one in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        if one.get("type") == "string" and not {"const", "enum", "format"} & set(one):
            return True
    return False
