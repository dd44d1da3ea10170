"""Content keys: the same on every machine, for every process, in every row order."""

import hashlib
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

KEY_BYTES = 16


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
    parts: list[list[bytes]] = []
    for column in columns:
        array = np.asarray(column)
        if array.dtype.kind in "fiub":
            canonical = array + 0.0 if array.dtype.kind == "f" else array.astype("<i8")
            block = np.ascontiguousarray(canonical, dtype=canonical.dtype.newbyteorder("<"))
            parts.append([row.tobytes() for row in block.reshape(len(block), -1)])
        else:
            parts.append([str(value).encode() for value in array])
    digests = [
        hashlib.blake2b(
            b"".join(len(part).to_bytes(8, "little") + part for part in row),
            digest_size=KEY_BYTES,
        ).digest()
        for row in zip(*parts, strict=True)
    ]
    return np.array(digests, dtype=f"V{KEY_BYTES}")


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
