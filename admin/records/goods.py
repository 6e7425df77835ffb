"""Products and categories. Ninety thousand products are usual: no page shows them whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from sqlalchemy import select

from admin.records.filters import HeldFilter, TypedFilter
from admin.records.forms import CodeField, NameField, RecordForm, ReferenceField, WordsField
from admin.records.pairs import PairsField, pairs_of
from admin.records.record_view import RecordView
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Category, Product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

FLAGS: Final = ("alcohol", "tobacco")
#: Deeper trees are mistakes.
DEPTH_MAX: Final = 20


class CategoryForm(RecordForm):
    code = CodeField()
    name = NameField()
    parent_code = ReferenceField("category", required=False)


class CategoryView(RecordView, model=Category):
    group = "goods"
    icon = "ti ti-category"
    column_list = ("code", "name", "parent_code")
    column_details_list = column_list
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name", "parent_code")
    column_default_sort: ClassVar[Any] = [("code", False)]
    column_filters: ClassVar[Any] = [TypedFilter(Category.parent_code, "/category/lookup")]
    form = CategoryForm
    form_columns = ("code", "name", "parent_code")
    fixed_columns = ("code",)
    lookup_columns = ("code", "name")

    def link(self, row: Category, name: str) -> str:
        """Its parent is one click away."""
        if name == "parent_code" and row.parent_code:
            return f"/category/details/{row.partner_id};{quote(row.parent_code)}"
        return super().link(row, name)

    def related(self, row: Category) -> Sequence[tuple[str, str]]:
        """What lies in it."""
        return (
            ("page.category.inside", f"/category/list?parent_code={quote(row.code)}"),
            ("page.product", f"/product/list?category_code={quote(row.code)}"),
        )

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """The parent is there, and above it there is no way back to the category."""
        del request
        code = row.code or data["code"]
        above = data["parent_code"]
        for _ in range(DEPTH_MAX):
            if not above:
                return
            if above == code:
                raise RefusedChangeError("refused.category_circle", code=code)
            above = await _parent_of(database, row.partner_id, above)
        raise RefusedChangeError("refused.category_depth", most=DEPTH_MAX)


class ProductForm(RecordForm):
    sku = CodeField()
    name = NameField()
    category_code = ReferenceField("category", required=False)
    brand = NameField(required=False)
    supplier = NameField(required=False)
    tags = WordsField()
    attributes = PairsField()
    flags = WordsField(FLAGS)


class ProductView(RecordView, model=Product):
    group = "goods"
    icon = "ti ti-packages"
    column_list = ("sku", "name", "category_code", "brand", "supplier", "tags", "flags")
    column_details_list = (*column_list, "attributes")
    column_searchable_list = ("sku", "name", "brand")
    column_sortable_list = ("sku", "name", "category_code", "brand", "supplier")
    column_default_sort: ClassVar[Any] = [("sku", False)]
    column_filters: ClassVar[Any] = [
        TypedFilter(Product.category_code, "/offered/product_categories"),
        TypedFilter(Product.brand, "/offered/brands"),
        TypedFilter(Product.supplier, "/offered/suppliers"),
        HeldFilter(Product.flags, FLAGS),
    ]
    form = ProductForm
    form_columns = (
        *("sku", "name", "category_code", "brand", "supplier", "tags", "attributes", "flags"),
    )
    fixed_columns = ("sku",)
    lookup_columns = ("sku", "name")

    def title(self, row: Product) -> str:
        """Its name and number."""
        return f"{row.name} ({row.sku})" if row.name else row.sku

    def history_key(self, row: Product) -> str:
        """Its number."""
        return row.sku

    def link(self, row: Product, name: str) -> str:
        """Its category is one click away."""
        if name == "category_code" and row.category_code:
            return f"/category/details/{row.partner_id};{quote(row.category_code)}"
        return super().link(row, name)

    def shown(self, row: Product, name: str) -> Any:
        """Attributes each with its value, as the form has them."""
        held = super().shown(row, name)
        return pairs_of(held) if name == "attributes" else held

    async def exported_columns(self, request: Request) -> Sequence[str]:
        """Those of the list, and the attributes that rules may name."""
        return list(dict.fromkeys((*await super().exported_columns(request), "attributes")))

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """The category is there."""
        del request
        if data["category_code"]:
            await _parent_of(database, row.partner_id, data["category_code"])


async def _parent_of(database: AsyncSession, partner_id: object, code: str) -> str:
    found = (
        await database.execute(
            select(Category.parent_code).where(
                Category.partner_id == partner_id, Category.code == code
            )
        )
    ).scalar_one_or_none()
    if found is None:
        raise RefusedChangeError("refused.category_unknown", code=code)
    return found
