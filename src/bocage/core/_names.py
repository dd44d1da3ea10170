"""Names in messages."""

from collections.abc import Sequence


def listed(names: Sequence[str], most: int = 5) -> str:
    """Write the first names, and how many more there are.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
