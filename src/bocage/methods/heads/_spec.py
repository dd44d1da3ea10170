"""All that is to be known of a head: how it is built, tuned, counted, stored and taken apart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Kind
from bocage.methods.heads._trees import TreeEnsemble

Weighting = Literal["class_weight", "sample_weight", "votes", "uniform", "none"]
Params = Mapping[str, Any]
Build = Callable[[Kind, dict[str, Any], int], Any]
Linear = Callable[[Any], tuple[Floats, Floats]]
Importance = Callable[[Any, int], Floats] | Literal["coefficients", "shuffled"]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A library's own file, which holds no code.

    Attributes
    ----------
    suffix : str
        Of its name, with the dot.
    dump : callable (estimator) -> bytes
    load : callable (bytes, kind) -> estimator
        Raises `ValueError` where the bytes are no such file.
    """

    suffix: str
    dump: Callable[[Any], bytes]
    load: Callable[[bytes, Kind], Any]


@dataclass(frozen=True, slots=True)
class OnnxForm:
    """How a fitted estimator becomes an ONNX graph.

    Attributes
    ----------
    kinds : tuple of str
        Kinds of task that it can be written for.
    stand_in : callable (estimator) -> estimator, optional
        An estimator of scikit-learn that gives the same, where its converter does not know the
        estimator itself.
    mend : callable (graph) -> graph, optional
        What is to be put right in the graph.
    convert : callable (estimator, initial types) -> graph, optional
        The library's own converter; scikit-learn's otherwise.
    """

    kinds: tuple[str, ...] = ("classification", "regression")
    stand_in: Callable[[Any], Any] | None = None
    mend: Callable[[Any], Any] | None = None
    convert: Callable[[Any, Any], Any] | None = None


def fitted_numbers(estimator: Any) -> tuple[int, int]:
    """Count the numbers of a fitted estimator, and the bytes that they take.

    Those of coefficients and constants where it has them, else of all arrays that scikit-learn's
    manners call fitted: public attributes whose names end in an underscore.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> fitted_numbers(Ridge().fit([[0.0, 1.0], [2.0, 3.0]], [0.0, 1.0]))
    (3, 24)
    """
    if hasattr(estimator, "coef_"):
        return doubles(np.size(estimator.coef_) + np.size(estimator.intercept_))
    parts = vars(estimator).items()
    arrays = [p for n, p in parts if n.endswith("_") and n[0] != "_" and isinstance(p, np.ndarray)]
    return doubles(max(1, sum(map(np.size, arrays))))


def doubles(n: int) -> tuple[int, int]:
    """Return a count of numbers, and the bytes that they take in double precision."""
    return int(n), 8 * int(n)


@dataclass(frozen=True, slots=True)
class HeadSpec:
    """A family of estimators behind one name, and all that other rooms ask of it.

    Attributes
    ----------
    name, title : str
    strategy : {"floor", "shallow"}
    build : callable (kind, parameters, seed) -> estimator
        An estimator with the manners of scikit-learn. `kind` is a `bocage.core.Kind`:
        ``kind.has_classes`` tells classification from regression. Classes are given as codes from
        0 without gaps.
    grid : mapping of str to tuple of parameters
        By name of the head's kind: what may be tried, in order; the first are the defaults of the
        library or of a publication. The number of trials is the same for every method: a shorter
        grid has nothing more to try. A kind that is left out can't be done.
    weighting : str
        How classes are balanced: ``class_weight`` and ``sample_weight`` are given to the
        estimator, ``votes`` divides those of neighbours by the number of labels, ``uniform`` is
        a method to which they are equally frequent by itself.
    needs_input : bool
        False for floors that look at labels alone.
    rescales : bool
        False for models that no monotone rescaling of a band can change (trees), or that only
        count labels.
    parameters : frozenset of str
        What a user may fix.
    words : frozenset of str
        Those of them that may be words; all others are numbers.
    lighter : parameters
        Replace others while settings are compared, never in the refit: they make a head cheaper
        without changing which setting is better.
    least : float
        Smallest probability of a class that was learned, before a temperature: shares of trees
        or neighbours are often 0, which says no more than that there were few.
    takes_gaps : bool
        Whether it learns from missing values (NaN) as such.
    numbers_per_label : float
        Numbers that it learns from each label at least, however few its features; 0 for straight
        lines. A tenth for what bends; a prediction of k neighbours is as unsure as one label in k,
        and about half of the samples that are near to one have it near to them as well.
    libraries : tuple of str
        Installed packages whose releases decide what it learns.
    is_usual : bool
        Whether maps are commonly made with it: a traditional baseline that is fair to beat.
    check : callable (targets, parameters), optional
        Raises `DataError` where there are too few labels.
    size : callable (estimator) -> (int, int)
        Numbers that a fitted estimator holds, and bytes that must be shipped.
    n_votes : int
        Neighbours that vote, where `weighting` is ``votes``.
    linear : mapping of str to callable (estimator) -> (weights, constants)
        By kind: weights, shape (n_scores, n_bands), of (standardised) bands and constants, shape
        (n_scores,), of scores that are weighted sums. One score for two classes or a regression,
        else one a class.
    has_logits : bool
        Whether ``decision_function`` gives those scores, and their softmax is the probability.
    trees : callable (estimator) -> TreeEnsemble, optional
        Reads the trees of a fitted estimator: fast maps and exports follow from them.
    importance : callable (estimator, n_bands) -> ndarray, "coefficients" or "shuffled"
        How much each band counts: by the estimator itself, by the coefficients of `linear`, or by
        the error when a band is shuffled.
    trusted : tuple of str
        Types of the estimator that skops does not trust by itself: what is not listed is never
        built from a file.
    format : FileFormat, optional
        The library's own file; that of skops unless given.
    onnx : OnnxForm, optional
        Without, a model can't be written as ONNX.
    """

    name: str
    title: str
    build: Build
    grid: Mapping[str, tuple[Params, ...]]
    strategy: Literal["floor", "shallow"] = "shallow"
    weighting: Weighting = "none"
    needs_input: bool = True
    rescales: bool = True
    parameters: frozenset[str] = field(default=frozenset())
    words: frozenset[str] = field(default=frozenset())
    lighter: Params = field(default_factory=dict)
    least: float = 0.0
    takes_gaps: bool = False
    numbers_per_label: float = 0.1
    libraries: tuple[str, ...] = ("scikit-learn",)
    is_usual: bool = False
    check: Callable[[NDArray[Any], Params], None] | None = None
    size: Callable[[Any], tuple[int, int]] = fitted_numbers
    n_votes: int = 0
    linear: Mapping[str, Linear] = field(default_factory=dict)
    has_logits: bool = False
    trees: Callable[[Any], TreeEnsemble] | None = None
    importance: Importance = "shuffled"
    trusted: tuple[str, ...] = ()
    format: FileFormat | None = None
    onnx: OnnxForm | None = None

    @property
    def suffix(self) -> str:
        """Suffix of the file that an estimator is stored in."""
        return ".skops" if self.format is None else self.format.suffix

    def in_onnx(self, kind: str) -> bool:
        """Whether a model of a kind can be written as ONNX."""
        return self.onnx is not None and kind in self.onnx.kinds

    def is_sum(self, kind: str) -> bool:
        """Whether a model of a kind is a sum, of weighted bands or of trees."""
        return self.trees is not None or kind in self.linear


def both(*grid: Params) -> Mapping[str, tuple[Params, ...]]:
    """Try the same for classification and regression."""
    return {"classification": grid, "regression": grid}
