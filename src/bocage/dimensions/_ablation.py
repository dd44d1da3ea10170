"""What is left of a class when a model sees its first dimensions only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints


@dataclass(frozen=True, slots=True)
class Ablation:
    """One class on one fold: a model of its first 1, 2, ... K dimensions, and of all.

    Attributes
    ----------
    key : str
        Content key.
    fold, regime, place : str
        See `bocage.splits.Fold`; the place is the group that is tested.
    label : str
        The class that is told from all others.
    model : str
        ``ridge``, or a tree model.
    how : str
        How dimensions are ordered; see `bocage.dimensions.HOW`.
    repeat : int
    n_train : int
        Samples learned from.
    n_own, n_rest : int
        Test samples of the class, and of all others.
    order : ndarray of int64, shape (K,)
        Positions of the dimensions, the first to be used first; components of PCA for ``pca``.
    importance : ndarray of float64, shape (d,)
        What the order was made from; empty where nothing was measured.
    own, rest : ndarray of int64, shape (K + 1,)
        Test samples of the class, and of all others, that are put right with the first 1, ... K
        dimensions, and at last with all.
    seconds : float
        Of an experiment; NaN where all classes share the work.
    chance : float
        2 x balanced accuracy - 1 of the same model of all dimensions, on labels that
        were moved about with their neighbours; NaN where that was not tried.
    """

    key: str
    fold: str
    regime: str
    place: str
    label: str
    model: str
    how: str
    repeat: int
    n_train: int
    n_own: int
    n_rest: int
    order: NDArray[np.int64]
    importance: NDArray[np.float64]
    own: Ints
    rest: Ints
    seconds: float = float("nan")
    chance: float = float("nan")
