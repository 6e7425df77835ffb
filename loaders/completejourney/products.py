"""The catalogue and its three-level category tree: department, product category, product type.

A category's code is its path in lower case, words joined by `-` and levels by `.`:
`grocery.soup.ramen-noodles-ramen`. Paths whose code would be longer than 64 characters, or equal to
another path's, are cut and end in six digits of the path's hash, so that codes are stable and
unique. An article stands at the deepest level that its row names without a gap: 540 articles have
no category and stand in their department, 99 have no type.

The data has no article names; a name here is the type and the package size. The brand is the data's
own, `National` or `Private`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.snapshot import Category, Product
from checkout.primitives import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa

PRIVATE_LABEL: Final = "Private"

_CODE_MAX: Final = 64
_SUFFIX_DIGITS: Final = 6
_NAME_MAX: Final = 128

Path = tuple[str, ...]


class Tree:
    """The category tree, by path."""

    def __init__(self, paths: Iterable[Path]) -> None:
        nodes = sorted({path[:depth] for path in paths for depth in range(1, len(path) + 1)})
        plain = Counter(map(_plain_code, nodes))
        self._codes = {node: _code(node, unique=plain[_plain_code(node)] == 1) for node in nodes}
        if len(set(self._codes.values())) != len(nodes):
            raise ValueError("two categories got the same code")

    def code(self, *path: str) -> str:
        """The code of a path such as `("GROCERY", "SOUP")`, which must exist."""
        return self._codes[path]

    def categories(self) -> tuple[Category, ...]:
        """Every node as a document, parents first."""
        return tuple(
            Category(
                code=code,
                name=path[-1].capitalize(),
                parent=self._codes[path[:-1]] if len(path) > 1 else "",
            )
            for path, code in self._codes.items()
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All articles, the tree they stand in, and how many could not be placed at full depth."""

    tree: Tree
    categories: tuple[Category, ...]
    products: tuple[Product, ...]
    paths: dict[int, Path]
    without_category: int
    without_type: int

    def below(self, *path: str) -> list[int]:
        """Ids of the articles at the path or below it."""
        return [number for number, at in self.paths.items() if at[: len(path)] == path]


def read_catalogue(table: pa.Table) -> Catalogue:
    """The catalogue out of the products table."""
    rows = list(_rows(table))
    paths = {number: _path(*levels) for number, levels, _, _ in rows}
    tree = Tree(paths.values())
    products = tuple(
        Product(
            sku=str(number),
            category=tree.code(*paths[number]),
            brand=brand,
            name=_name(paths[number], size),
        )
        for number, _, brand, size in rows
    )
    return Catalogue(
        tree=tree,
        categories=tree.categories(),
        products=products,
        paths=paths,
        without_category=sum(not levels[1] for _, levels, _, _ in rows),
        without_type=sum(bool(levels[1]) and not levels[2] for _, levels, _, _ in rows),
    )


def _rows(table: pa.Table) -> Iterator[tuple[int, tuple[str, str | None, str | None], str, str]]:
    names = ("product_id", "department", "product_category", "product_type", "brand")
    columns = [table[name].to_pylist() for name in (*names, "package_size")]
    for number, department, category, kind, brand, size in zip(*columns, strict=True):
        yield number, (department, category, kind), brand, size or ""


def _path(department: str, category: str | None, kind: str | None) -> Path:
    if not category:
        return (department,)
    return (department, category, kind) if kind else (department, category)


def _plain_code(path: Path) -> str:
    return ".".join(re.sub(r"[^a-z0-9]+", "-", level.lower()).strip("-") for level in path)


def _code(path: Path, *, unique: bool) -> str:
    plain = _plain_code(path)
    if unique and len(plain) <= _CODE_MAX:
        return plain
    suffix = digest(*(level.encode() for level in path)).hex()[:_SUFFIX_DIGITS]
    return f"{plain[: _CODE_MAX - _SUFFIX_DIGITS - 1].rstrip('-.')}-{suffix}"


def _name(path: Path, size: str) -> str:
    return f"{path[-1].capitalize()} {size}".strip()[:_NAME_MAX]
