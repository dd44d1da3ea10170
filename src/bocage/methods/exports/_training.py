"""What a network learns from, and for how long."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Ints
from bocage.methods._chip_net import ChipNetMethod
from bocage.methods._method import Method
from bocage.methods._pretrained import PretrainedMethod
from bocage.methods.chips import NETS
from bocage.methods.exports._feed import network_of
from bocage.methods.strategies import STRATEGIES, Recipe
from bocage.splits import Inner


@dataclass(frozen=True, slots=True)
class NetworkTraining:
    """What a network learns from, and for how long.

    Attributes
    ----------
    rows : ndarray of int64
        Samples that the budget drew.
    learned : ndarray of int64
        Those of them with a label to learn from; TerraTorch has no loss for a batch without.
    masks : ndarray of int16, shape (n, height, width), or None
        Labels that may be learned from; None for all that the task has.
    tests : mapping of str to ndarray of int64
        Samples of each domain that it is tested on, the one that matters first.
    inner : Inner
        Folds within `rows` on which learning rate and epochs are chosen.
    rate : float
    n_epochs : int
    seed : int
    why : str
        Where rate and epochs come from, in a sentence.
    """

    rows: Ints
    learned: Ints
    masks: NDArray[np.int16] | None
    tests: Mapping[str, Ints]
    inner: Inner
    rate: float
    n_epochs: int
    seed: int
    why: str


def training_of(
    method: Method,
    rows: Ints,
    tests: Mapping[str, Ints],
    inner: Inner,
    recipe: Recipe,
    seed: int,
    params: Mapping[str, Any] | None = None,
    masks: NDArray[np.int16] | None = None,
) -> NetworkTraining:
    """Choose rate and epochs: those of a finished run, or the first that the method tries.

    Parameters
    ----------
    method : Method
    rows, tests, inner, seed, masks
        See `NetworkTraining`.
    recipe : Recipe
    params : mapping, optional
        What a finished run chose.

    Raises
    ------
    SettingsError
        If the method trains no network, or one that TerraTorch can't build.
    """
    network = network_of(method)
    most = recipe.n_epochs(len(rows))
    if params and "lr" in params:
        rate, n_epochs = float(params["lr"]), int(params["epochs"])
        why = "as in Bocage's finished run"
    else:
        rate, n_epochs = _first_rate(network), most
        why = (
            "the first learning rate that Bocage tries, and all epochs of the study's "
            "training recipe"
        )
        if not network.trains_network:
            why = (
                "Bocage fits this head without gradient steps: learning rate and epochs are "
                "those of a decoder"
            )
    if not n_epochs:
        n_epochs = most
        why = (
            "Bocage's run chose 0 epochs, so its predictions are those of the starting weights; "
            "here all epochs of the study's training recipe are used"
        )
    learned = rows if masks is None else rows[(masks[rows] >= 0).any(axis=(1, 2))]
    return NetworkTraining(rows, learned, masks, tests, inner, rate, n_epochs, seed, why)


def batch_size(n: int, most: int) -> int:
    """Return the size of batches that differ least, as the last one is the rest.

    Batch normalisation can't learn from a batch of one.

    >>> batch_size(20, 16), batch_size(33, 16), batch_size(305, 16)
    (10, 11, 15)
    """
    size = math.ceil(n / math.ceil(n / most))
    while n > 1 and n % size == 1 and size > 2:  # noqa: PLR2004
        size -= 1
    return size


def _first_rate(method: PretrainedMethod | ChipNetMethod) -> float:
    """Return the learning rate that a method tries first."""
    given = dict(method.fixed or ()).get("lr")
    if given is not None:
        return float(given)
    if isinstance(method, ChipNetMethod):
        return NETS[method.model].rates[0]
    # A linear head is fitted and takes no steps here; there it learns as a decoder does.
    return (STRATEGIES[method.training].rates or STRATEGIES["decoder"].rates)[0]
