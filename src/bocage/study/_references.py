"""What R2 holds errors against."""

import numpy as np
from numpy.typing import NDArray

from bocage.splits import Split


def references(target: NDArray[np.float64], split: Split) -> NDArray[np.float64]:
    """Give what R2 holds errors against, for each sample, shape (n,): the mean label elsewhere.

    That is the mean over all samples outside the sample's group (over all, with one group): what a
    learner that sees no feature would say of a place without labels of its own. One value a place
    in every regime, so that figures of `out`, `local` and `in` compare.

    Parameters
    ----------
    target : ndarray of float64, shape (n,)
    split : Split
        Of these samples.
    """
    target, group = target.astype(np.float64), split.group
    n = np.bincount(group, minlength=len(split.groups)).astype(np.float64)
    total = np.bincount(group, weights=target, minlength=len(split.groups))
    outside = len(target) - n
    mean = np.where(outside > 0, (target.sum() - total) / np.maximum(outside, 1.0), target.mean())
    return np.asarray(mean[group], np.float64)
