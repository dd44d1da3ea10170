"""Which kernel a head gets."""

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bocage.core import SettingsError
from bocage.predict._kernel import Kernel
from bocage.predict._plain import n_bands_of, plain_kernel
from bocage.sources import Coding

if TYPE_CHECKING:
    from bocage.methods import Head
    from bocage.methods.heads import TreeEnsemble

COMPILER = "numba"
"""What compiles kernels: an extra, as it is a sixth of an installation."""

_MOST_CLASSES = 255
_TOLERANCE = 1e-5


def kernel_of(
    head: "Head", coding: Coding, dtype: DTypeLike, prior: NDArray[Any] | None = None
) -> Kernel:
    """Make the fastest kernel that gives a head's own results.

    Parameters
    ----------
    head : Head
        Fitted.
    coding : Coding
        What the stored numbers of the bands that it was fitted on stand for.
    dtype : dtype
        Of the stored numbers.
    prior : ndarray, shape (n_classes,), optional
        Factors of the probabilities of classes, which are then brought to a sum of 1: after Bayes,
        the frequency of a class where the map is made over its frequency in training (for heads
        that balance classes, over 1 / n_classes). A factor of 0 rules a class out. A map with
        factors takes no longer.

    Returns
    -------
    Kernel
        For logistic and ridge regression and nearest centroids: weighted sums of stored numbers.
        For trees: limits for stored numbers, checked against the library's own predictions on a
        few made-up pixels; where a later release of a library should give other results, a
        warning says so, and the head itself is asked. For all others, and where `COMPILER` is not
        installed: the head itself.

    Raises
    ------
    SettingsError
        If there are more than 255 classes, the numbers' type is not one that the coding can have,
        or the factors can't be used.

    Examples
    --------
    >>> import numpy as np
    >>> from bocage.methods import Head
    >>> from bocage.sources import Coding
    >>> coding = Coding("square", -128)
    >>> stored = np.array([[90, 80, -70, -90], [10, 0, 5, -20]], dtype=np.int8)
    >>> head = Head("logistic").fit(coding.decode(stored).T, np.array([1, 1, 0, 0]))
    >>> kernel = kernel_of(head, coding, np.int8)
    >>> kernel.bands, kernel.classes(stored)
    ((0, 1), array([1, 1, 0, 0], dtype=uint8))
    """
    stored = np.dtype(dtype)
    _check_dtype(coding, stored)
    _check_classes(head)
    weights = _seen(head, prior)
    if is_uncompiled(head) or (head.has_classes and len(head.classes_) == 1):
        return plain_kernel(head, coding, stored, weights)
    if head.kind in head.spec.linear:
        from bocage.predict._linear import linear_kernel

        return linear_kernel(head, coding, stored, weights)
    read = head.spec.trees
    found = None if read is None else _trees(head, read, coding, stored, weights)
    return found or plain_kernel(head, coding, stored, weights)


def is_uncompiled(head: Any) -> bool:
    """Whether a head would have a compiled kernel, were the compiler installed."""
    return bool(head.spec.is_sum(head.kind)) and find_spec(COMPILER) is None


def _trees(
    head: "Head",
    read: Callable[[Any], "TreeEnsemble"],
    coding: Coding,
    dtype: np.dtype[Any],
    prior: NDArray[np.float64] | None,
) -> Kernel | None:
    from bocage.methods.heads import UnreadableModelError
    from bocage.predict._agreement import largest_difference
    from bocage.predict._probes import probes
    from bocage.predict._trees import tree_kernel

    try:
        ensemble = read(head.estimator_)
        kernel = tree_kernel(head, ensemble, coding, dtype, prior)
        # Without factors: what is checked is how the trees were read.
        bare = kernel if prior is None else tree_kernel(head, ensemble, coding, dtype, None)
        made_up = probes(ensemble, coding, dtype, n_bands_of(head))
        difference = largest_difference(bare, head, coding, made_up)
    except UnreadableModelError as error:
        reason = str(error)
    else:
        if difference <= _TOLERANCE:
            return kernel
        reason = f"results differ by {difference:g}"
    warnings.warn(
        f"{head.model} is applied by its own library, which is slow, because its trees can't be "
        f"converted: {reason}",
        stacklevel=3,
    )
    return None


def _check_dtype(coding: Coding, dtype: np.dtype[Any]) -> None:
    if dtype.kind not in "iuf" or (coding.kind == "square" and dtype != np.int8):
        expected = "int8" if coding.kind == "square" else "whole numbers or floats"
        raise SettingsError(
            f"the stored numbers are of type {dtype}; expected {expected} for a {coding.kind} "
            "coding"
        )


def _check_classes(head: "Head") -> None:
    if head.has_classes and head.n_classes > _MOST_CLASSES:
        raise SettingsError(
            f"{head.n_classes} classes found; a map holds at most {_MOST_CLASSES}, since a class "
            "is stored in one byte and one value means 'no data'. Merge classes first"
        )


def _seen(head: "Head", prior: NDArray[Any] | None) -> NDArray[np.float64] | None:
    """Return factors of the classes seen in training."""
    if prior is None:
        return None
    factors = np.asarray(prior, dtype=np.float64)
    if not head.has_classes or factors.shape != (head.n_classes,):
        raise SettingsError(
            f"{factors.size} prior factors were given for a {head.kind}; expected one for each of "
            f"{head.n_classes} classes, and none for a regression"
        )
    seen = factors[head.classes_]
    if not np.isfinite(factors).all() or (factors < 0).any() or not seen.any():
        raise SettingsError(
            f"prior factors {factors.tolist()} can't be used; expected finite numbers, none of "
            "them negative, and at least one above 0 for a class with training labels"
        )
    return np.asarray(seen)
