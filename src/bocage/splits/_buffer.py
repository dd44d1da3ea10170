"""A buffer between what is learned from and what is tested."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bocage.core import Ints, SplitError
from bocage.splits._distances import nearest
from bocage.splits._fold import Fold
from bocage.tasks import Task, on_the_ground


def keep_apart(
    task: Task, folds: Sequence[Fold], metres: float
) -> tuple[list[Fold], list[str], tuple[str, ...]]:
    """Leave training samples out that stand nearer to a test sample than a distance.

    The random folds stay as they are: they show what neighbours do.

    Parameters
    ----------
    task : Task
    folds : sequence of Fold
    metres : float
        0 for no buffer.

    Returns
    -------
    folds : list of Fold
    notes : list of str
        How many samples that takes.
    terms : tuple of str
        The buffer as part of what decides a split.

    Raises
    ------
    SplitError
        If a fold is left with nothing to learn from.

    References
    ----------
    Valavi et al. (2019), 10.1111/2041-210X.13107, for buffers.
    """
    if metres == 0:
        return list(folds), [], ()
    ground = on_the_ground(task.lonlat)
    out, lost, most = [], [], 0
    for fold in folds:
        if fold.regime.startswith("random"):
            out.append(fold)
            continue
        tested = ground[np.concatenate(list(fold.tests.values()))]

        def far(rows: Ints, tested: np.ndarray = tested) -> Ints:
            return rows[nearest(ground[rows], tested) >= metres] if len(rows) else rows

        pool, always = far(fold.pool), far(fold.always)
        if not _can_learn(task, pool):
            raise SplitError(
                f"a buffer of {metres:g} m leaves {fold.name} {len(pool)} of {len(fold.pool)} "
                "training samples, too few to train on; use a smaller --buffer-metres"
                + (" or larger blocks (--block-metres)" if fold.regime != "out" else "")
            )
        lost.append(len(fold.pool) + len(fold.always) - len(pool) - len(always))
        most = max(most, len(fold.pool) + len(fold.always))
        out.append(replace(fold, pool=pool, always=always))
    note = (
        f"buffer: samples within {metres:g} m of a test sample are not used for training, "
        f"{min(lost)} to {max(lost)} per fold (of at most {most:,}); the random folds have no "
        "buffer"
    )
    return out, [note], (f"buffer {metres!r}",)


def _can_learn(task: Task, pool: Ints) -> bool:
    if not task.kind.classifies_samples:
        return len(pool) > 0
    return len(np.unique(task.target[pool])) > 1
