from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from loaders.completejourney.products import Tree

if TYPE_CHECKING:
    from loaders.completejourney import Dataset

CODE = re.compile(r"[^\s/|]{1,64}")


def test_catalogue_is_whole(dataset: Dataset) -> None:
    """Every article stands in a category of the tree; gaps in its path are counted."""
    catalogue = dataset.catalogue
    codes = {category.code for category in catalogue.categories}
    assert len(catalogue.products) == 92_331
    assert len(codes) == len(catalogue.categories) == 4_203
    assert {product.category for product in catalogue.products} <= codes
    assert {category.parent for category in catalogue.categories} <= codes | {""}
    assert (catalogue.without_category, catalogue.without_type) == (540, 99)


def test_tree_has_three_levels(dataset: Dataset) -> None:
    """Departments are the roots, and below them lie categories and types."""
    categories = dataset.catalogue.categories
    roots = {category.code for category in categories if not category.parent}
    seconds = {category.code for category in categories if category.parent in roots}
    thirds = {category.code for category in categories if category.parent in seconds}
    assert (len(roots), len(seconds), len(thirds)) == (32, 350 - 7, 4_203 - 32 - 343)


def test_codes_are_codes(dataset: Dataset) -> None:
    """No code holds whitespace, a slash or a bar, and none is longer than 64 characters."""
    assert all(CODE.fullmatch(category.code) for category in dataset.catalogue.categories)


def test_codes_can_be_read(dataset: Dataset) -> None:
    """A code is its path in lower case."""
    tree = dataset.catalogue.tree
    assert tree.code("GROCERY") == "grocery"
    assert tree.code("MEAT-PCKGD", "BACON") == "meat-pckgd.bacon"
    assert tree.code("DRUG GM", "CANDY - CHECKLANE") == "drug-gm.candy-checklane"


def test_paths_that_read_alike_get_different_codes() -> None:
    """Two paths with the same words both carry a piece of their hash, whatever else there is."""
    tree = Tree([("A", "X/Y"), ("A", "X Y"), ("A", "Z")])
    first, second = tree.code("A", "X/Y"), tree.code("A", "X Y")
    assert first != second
    assert re.fullmatch(r"a\.x-y-[0-9a-f]{6}", first)
    assert re.fullmatch(r"a\.x-y-[0-9a-f]{6}", second)
    assert tree.code("A", "Z") == "a.z"
    assert Tree([("A", "X/Y"), ("A", "X Y")]).code("A", "X/Y") == first


def test_long_paths_are_cut() -> None:
    """A code that would be too long is cut to 64 characters and stays unique."""
    kinds = [f"{'VERY LONG ' * 8}{end}" for end in ("ONE", "TWO")]
    tree = Tree([("GROCERY", kind) for kind in kinds])
    codes = [tree.code("GROCERY", kind) for kind in kinds]
    assert len(set(codes)) == 2
    assert all(len(code) <= 64 for code in codes)


def test_unknown_path_is_an_error(dataset: Dataset) -> None:
    """A path that the data does not have cannot slip into a campaign."""
    with pytest.raises(KeyError):
        dataset.catalogue.tree.code("GROCERY", "NO SUCH CATEGORY")
