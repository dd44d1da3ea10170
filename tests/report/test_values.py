"""One set of value types: the page holds the study's values, and no copies of them."""

import dataclasses
import importlib
import pkgutil

import pytest

import bocage.report


def _dataclasses(package):
    """The dataclasses that a package defines, with names and types of their fields."""
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for item in vars(importlib.import_module(info.name)).values():
            own = isinstance(item, type) and item.__module__ == info.name
            if own and dataclasses.is_dataclass(item):
                yield item.__name__, {(f.name, str(f.type)) for f in dataclasses.fields(item)}


@pytest.mark.parametrize("room", ["metrics", "splits", "stats", "study"])
def test_no_class_of_the_page_only_copies_one_of_another_room(room):
    there = list(_dataclasses(importlib.import_module(f"bocage.{room}")))
    mirrors = [
        (name, other)
        for name, fields in _dataclasses(bocage.report)
        for other, names in there
        if fields <= names
    ]
    assert mirrors == []
