"""Content keys: the same on every machine, for every process, in every row order."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

KEY_BYTES = 16

BLOCK_VALUES = 2**21
"""Numbers that are brought into their canonical form at a time: chips may fill the memory."""


def content_key(value: Any) -> str:
    """Hash a JSON-like value to 32 hexadecimal digits.

    >>> content_key({"b": 1, "a": [2.0]}) == content_key({"a": [2.0], "b": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).hexdigest()


def row_digests(*columns: NDArray[Any]) -> NDArray[np.void]:
    """Hash each row of columns that stand side by side.

    Parameters
    ----------
    *columns : ndarray, shape (n,) or (n, d)
        Numbers are hashed as little-endian bytes (-0.0 as 0.0), anything else as UTF-8 text.

    Returns
    -------
    ndarray of void, shape (n,)
        16 bytes a row; ``.tobytes()`` of a selection is what a run key is made from.
    """
    digests = [
        hashlib.blake2b(
            b"".join(len(part).to_bytes(8, "little") + part for part in row),
            digest_size=KEY_BYTES,
        ).digest()
        for row in zip(*map(_canonical, columns), strict=True)
    ]
    return np.array(digests, dtype=f"V{KEY_BYTES}")


def _canonical(column: NDArray[Any]) -> Iterator[bytes]:
    """Give the bytes of each row, the same on every machine."""
    array = np.asarray(column)
    if array.dtype.kind not in "fiub":
        yield from (str(value).encode() for value in array)
        return
    step = max(1, BLOCK_VALUES * len(array) // max(array.size, 1))
    for start in range(0, len(array), step):
        part = array[start : start + step]
        number = part + 0.0 if part.dtype.kind == "f" else part.astype("<i8")
        block = np.ascontiguousarray(number, dtype=number.dtype.newbyteorder("<"))
        yield from (row.tobytes() for row in block.reshape(len(block), -1))


def priorities(digests: NDArray[np.void], *salt: str | int) -> NDArray[np.uint64]:
    """Give each row a pseudo-random number that depends on its content and the salt alone.

    Sorting by it is a seeded shuffle that neither row order nor other rows can change: a new or
    changed row leaves the order of all others as it was.
    """
    key = hashlib.blake2b(json.dumps(salt).encode(), digest_size=32).digest()
    out = [
        int.from_bytes(hashlib.blake2b(row.tobytes(), key=key, digest_size=8).digest(), "little")
        for row in digests
    ]
    return np.array(out, dtype=np.uint64)
