"""Save a split, and read it back only if it is still about the same samples."""

import json
from pathlib import Path

import numpy as np

from bocage.core import StoreError, write_atomic
from bocage.splits._fold import Fold, Split
from bocage.splits._regimes import split_key
from bocage.tasks import Task


def save_split(split: Split, task: Task, folder: Path) -> Path:
    """Write a split to ``<key>.parquet``: one row a sample, fold and role.

    The file names samples by their content, so that it serves every method, on every machine.
    """
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    names, roles, rows = [], [], []
    for number, fold in enumerate(split.folds):
        parts = {"pool": fold.pool, "always": fold.always}
        parts |= {f"test:{domain}": test for domain, test in fold.tests.items()}
        for role, part in parts.items():
            names.append(np.full(len(part), number, dtype=np.int32))
            roles.append(np.full(len(part), role, dtype=object))
            rows.append(part)
    row = np.concatenate(rows)
    table = pa.table(
        {
            "fold": np.concatenate(names),
            "role": pa.array(np.concatenate(roles)).dictionary_encode(),
            "row": row,
            "sample": pa.array([task.digests[r].tobytes() for r in row], pa.binary(16)),
        }
    )
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
        "key": split.key,
    }
    table = table.replace_schema_metadata({"bocage": json.dumps(facts)})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    path = folder / f"{split.key}.parquet"
    write_atomic(path, buffer.getvalue())
    return path


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
        columns = {name: table.column(name).to_numpy() for name in ("fold", "role", "row")}
        sample = table.column("sample").to_pylist()
    except (OSError, pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise StoreError(f"split file {path} can't be read ({error}); delete it") from error
    row = columns["row"].astype(np.int64)
    known = len(row) == 0 or (
        row.max() < len(task)
        and all(task.digests[r].tobytes() == s for r, s in zip(row, sample, strict=True))
    )
    if not known or len(facts["group"]) != len(task):
        raise StoreError(f"split file {path} was made for other samples; make the split again")
    folds = []
    for number, (name, regime, held_out) in enumerate(facts["folds"]):
        mine = columns["fold"] == number
        parts = {role: row[mine & (columns["role"] == role)] for role in set(columns["role"][mine])}
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
        key=facts["key"],
    )
    if split_key(task, split) != split.key:
        raise StoreError(f"split file {path} does not match its own key; delete it")
    return split
