"""What a setting should have been, in words."""

import re
from collections.abc import Mapping
from typing import Any

_TYPES = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "names with values (name: value)",
    "missing": "a value, and there is none",
}


def words_of(error: Mapping[str, Any]) -> tuple[str, ...]:
    """List the words that a value may be, where these are all that it may be.

    Parameters
    ----------
    error : mapping
        One of `ValidationError.errors`.

    Examples
    --------
    >>> words_of({"type": "literal_error", "ctx": {"expected": "'out', 'local' or 'both'"}})
    ('out', 'local', 'both')
    """
    if error["type"] != "literal_error":
        return ()
    return tuple(re.findall(r"'([^']*)'", str(error["ctx"]["expected"])))


def expected(error: Mapping[str, Any]) -> str:
    """Say what a value should have been that pydantic refuses.

    Parameters
    ----------
    error : mapping
        One of `ValidationError.errors`.

    Examples
    --------
    >>> expected({"type": "greater_than", "ctx": {"gt": 0.0}})
    'a number above 0'
    >>> expected({"type": "literal_error", "ctx": {"expected": "'out', 'local' or 'both'"}})
    'out, local or both'
    """
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "greater_than":
        return f"a number above {context['gt']:g}"
    if kind == "greater_than_equal":
        return f"a whole number from {context['ge']:g} on"
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "")
    if kind == "too_short":
        return f"a list of {context['min_length']} or more"
    if kind in _TYPES:
        return _TYPES[kind]
    return str(error["msg"]).lower().removeprefix("input should be ")
