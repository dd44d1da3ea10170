"""Save a split, and read it back only if it is still about the same samples."""

import hashlib
import json
from pathlib import Path

import numpy as np

from bocage.core import Ints, StoreError, write_atomic
from bocage.splits._fold import Fold, Split
from bocage.splits._regimes import split_key
from bocage.tasks import Task


def save_split(split: Split, task: Task, folder: Path) -> Path:
    """Write a split to ``<key>.parquet``: one row a sample, fold and role.

    The file knows all samples by their content, so that it serves every method, on every machine.
    """
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    facts = {
        "leave": split.leave,
        "groups": split.groups,
        "group": split.group.tolist(),
        "fold_of_group": split.fold_of_group.tolist(),
        "blocks": split.blocks,
        "block": split.block.tolist(),
        "block_metres": dict(split.block_metres),
        "folds": [[fold.name, fold.regime, fold.held_out] for fold in split.folds],
        "share": split.share,
        "known": split.known,
        "forward": split.forward,
        "fixed": split.fixed,
        "degraded": split.degraded,
        "notes": split.notes,
        "terms": split.terms,
        "given": split.given,
        "key": split.key,
        "samples": _samples(task),
    }
    role = pa.dictionary(pa.int8(), pa.string())
    fields = [("fold", pa.int32()), ("role", role), ("row", pa.int64())]
    schema = pa.schema(fields, {"bocage": json.dumps(facts)})
    buffer = io.BytesIO()
    # Fold by fold, rows by their distance from one another: a fold may hold all samples, and there
    # are many folds.
    with pq.ParquetWriter(
        buffer, schema, compression="zstd", use_dictionary=["role"],
        column_encoding={"fold": "DELTA_BINARY_PACKED", "row": "DELTA_BINARY_PACKED"},
    ) as file:  # fmt: skip
        for number, fold in enumerate(split.folds):
            parts = _parts(fold)
            n = [len(part) for part in parts.values()]
            codes = np.repeat(np.arange(len(n), dtype=np.int8), n)
            columns = [
                pa.array(np.full(sum(n), number, dtype=np.int32)),
                pa.DictionaryArray.from_arrays(codes, list(parts)),
                pa.array(np.concatenate(list(parts.values()))),
            ]
            file.write_table(pa.table(columns, schema=schema))
    path = folder / f"{split.key}.parquet"
    write_atomic(path, buffer.getvalue())
    return path


def _parts(fold: Fold) -> dict[str, Ints]:
    tests = {f"test:{domain}": test for domain, test in fold.tests.items()}
    return {"pool": fold.pool, "always": fold.always} | tests


def _samples(task: Task) -> str:
    """Name all samples, and their order, by what they hold."""
    return hashlib.blake2b(np.ascontiguousarray(task.digests).tobytes(), digest_size=16).hexdigest()


def load_split(path: Path, task: Task) -> Split:
    """Read a split back.

    Raises
    ------
    StoreError
        If the file is unreadable, or was made for other samples.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        facts = json.loads(table.schema.metadata[b"bocage"])
        fold_of, row = (table.column(name).to_numpy() for name in ("fold", "row"))
        role = table.column("role").to_numpy()
        inside = not len(row) or (row.min() >= 0 and row.max() < len(task))
        known = inside and facts["samples"] == _samples(task)
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise StoreError(f"split file {path} can't be read ({error}); delete it") from error
    if not known:
        raise StoreError(f"split file {path} was made for other samples; make the split again")
    folds = []
    for number, (name, regime, held_out) in enumerate(facts["folds"]):
        mine, called = row[fold_of == number], role[fold_of == number]
        parts = {str(one): mine[called == one] for one in set(called)}
        empty = np.zeros(0, dtype=np.int64)
        tests = {r[5:]: part for r, part in sorted(parts.items()) if r.startswith("test:")}
        folds.append(
            Fold(
                name, regime, held_out, parts.get("pool", empty), parts.get("always", empty), tests
            )
        )
    split = Split(
        leave=facts["leave"],
        groups=tuple(facts["groups"]),
        group=np.array(facts["group"], dtype=np.int64),
        fold_of_group=np.array(facts["fold_of_group"], dtype=np.int64),
        blocks=tuple(facts["blocks"]),
        block=np.array(facts["block"], dtype=np.int64),
        block_metres=facts["block_metres"],
        folds=tuple(folds),
        share=facts.get("share", ""),
        known=facts.get("known", 1.0),
        forward=facts.get("forward", False),
        fixed=facts.get("fixed", ""),
        degraded=tuple(facts["degraded"]),
        notes=tuple(facts["notes"]),
        terms=tuple(facts.get("terms", ())),
        given=facts.get("given", ""),
        key=facts["key"],
    )
    if split_key(task, split) != split.key:
        raise StoreError(f"split file {path} does not match its own key; delete it")
    return split
