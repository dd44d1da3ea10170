"""All that is needed to map elsewhere: a fitted head and what it may be used on."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import VERSION, DataError, Origin, SettingsError, part_of, rows_of
from bocage.methods import with_noise
from bocage.models._applicability import Applicability
from bocage.models._held_out import HeldOutPredictions
from bocage.models._label_places import LabelPlaces
from bocage.sources import Coding

if TYPE_CHECKING:
    from bocage.methods import FittedMethod, Head


@dataclass(frozen=True, slots=True)
class Training:
    """What a model learned from, and how it was judged.

    Attributes
    ----------
    n_labels : tuple of int
        Labels of each class, or all of them for regression.
    group : str
        What held-out places are called, such as ``district``.
    groups : tuple of str
        Places that the labels come from.
    method : str
        Of the study.
    study : str
        Its key; empty without one.
    metric, where, budget : str
        What the score is of.
    score, low, high : float
        Of labels that were held out, with its interval; NaN where none was measured. Never a
        score on the labels that the model learned from.
    conditional : bool
        Whether the interval speaks of the places tested, and of no other.
    n_tested : int
        Places that were held out.
    counted : str
        What `n_labels` counts: ``labels``, ``labelled pixels`` of chips, or polygons.
    judged : str
        Place that the calibration is of, as `where` is of the score.
    ece, brier, log_loss : float
        Calibration error, Brier score and log loss of labels that were held out; NaN where none
        was measured.
    ece_before, brier_before, log_loss_before : float
        What they were before calibration.
    rule : str
        How classes are decided, where it is not by the largest probability.
    caution : str
        What the score does not show, in words; empty where it shows that the method learned.
    reach : str
        Where the score is of these few places only, what one more may give, in words.
    left_out : str
        Classes that stand on the ground and not in the map, as their labels were few, in words.
    support : {"pixel", "polygon"}
        What one row of features was of: a pixel, or all pixels of a polygon (statistics).
    study_name : str
        What the study's folder was called; empty without one.
    """

    n_labels: tuple[int, ...]
    group: str = ""
    groups: tuple[str, ...] = ()
    method: str = ""
    study: str = ""
    metric: str = ""
    where: str = ""
    budget: str = ""
    score: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    conditional: bool = True
    n_tested: int = 0
    counted: str = "labels"
    judged: str = ""
    ece: float = float("nan")
    brier: float = float("nan")
    log_loss: float = float("nan")
    ece_before: float = float("nan")
    brier_before: float = float("nan")
    log_loss_before: float = float("nan")
    rule: str = ""
    caution: str = ""
    reach: str = ""
    left_out: str = ""
    support: Literal["pixel", "polygon"] = "pixel"
    study_name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class MapModel:
    """A fitted head, and what it may be used on.

    Attributes
    ----------
    head : Head or FittedMethod
        What decides: a head on the bands of one pixel, or a method that needs more than that.
    bands : tuple of str
        Names of the features, in their order.
    coding : Coding
        How rasters store them; per band where scales differ.
    target : str
        Name of what is mapped.
    training : Training
    classes : tuple of str
        Names of the classes; empty for regression.
    unit : str
        Of the target; empty for classes.
    product, version : str
        Where the features come from; empty if unknown.
    years : tuple of int
        Calendar years that the labels' features describe; empty if unknown.
    sources : tuple of str
        Names of the files that the labels' features come from; empty if unknown.
    prior : tuple of float
        Class prior under which the probabilities hold (`training_prior`); empty for regression.
    noise : float
        Share of pixels that may be of any class, whatever is seen of them: it bounds confidence,
        after class shares.
    applicability : Applicability, optional
    held : HeldOutPredictions, optional
        What the method said of labels that were held out.
    label_places : LabelPlaces, optional
        Where the labels stand; models of before do not know.
    licence, attribution : str
        Of the features.
    bocage : str
        Version that fitted it.
    """

    head: "Head | FittedMethod"
    bands: tuple[str, ...]
    coding: Coding
    target: str
    training: Training
    classes: tuple[str, ...] = ()
    unit: str = ""
    product: str = ""
    version: str = ""
    years: tuple[int, ...] = ()
    prior: tuple[float, ...] = ()
    noise: float = 0.0
    applicability: Applicability | None = None
    held: HeldOutPredictions | None = None
    label_places: LabelPlaces | None = None
    licence: str = ""
    attribution: str = ""
    sources: tuple[str, ...] = ()
    bocage: str = field(default=VERSION)

    def __post_init__(self) -> None:
        is_classes = self.has_classes
        n_classes = self.head.n_classes if is_classes else 0
        if self.fitted is not None:
            n_bands = len(self.fitted.columns)
        else:
            estimator = self.plain_head("as rows").estimator_
            n_bands = int(getattr(estimator, "n_features_in_", len(self.bands)))
        labels = len(self.training.n_labels)
        for found, expected, what in (
            (len(self.bands), n_bands, "band names"),
            (len(set(self.bands)), len(self.bands), "different band names"),
            (len(self.classes), n_classes, "class names"),
            (len(self.prior), n_classes, "class priors"),
            (labels, n_classes if is_classes else 1, "label counts"),
        ):
            if found != expected:
                raise DataError(f"the model has {found} {what}; expected {expected}")
        for values in (self.coding.scale, self.coding.offset):
            if len(values) not in (1, len(self.bands)):
                raise DataError(
                    f"the model has {len(values)} scales or offsets for {len(self.bands)} bands; "
                    "expected one, or one per band"
                )
        if self.held is not None and self.held.classes != self.classes:
            raise DataError(
                "the model's predictions for held-out labels have other classes than the model"
            )
        applicable = self.applicability
        if applicable is not None and applicable.n_bands != len(self.bands):
            raise DataError(
                f"the area of applicability has {applicable.n_bands} bands, and the model "
                f"{len(self.bands)}"
            )

    def plain_head(self, purpose: str) -> "Head":
        """Return the head on the bands of one pixel.

        Raises
        ------
        SettingsError
            If the method needs more than that.
        """
        from bocage.methods import FittedMethod

        if isinstance(self.head, FittedMethod):
            raise SettingsError(
                f"{self.head.method.name} can't be written {purpose}, which supports linear and "
                "tree models on the bands of single pixels: name such a method of the study with "
                "--method"
            )
        return self.head

    @property
    def fitted(self) -> "FittedMethod | None":
        """The method, where it is more than a head on the bands of one pixel."""
        from bocage.methods import FittedMethod

        return self.head if isinstance(self.head, FittedMethod) else None

    @property
    def architecture(self) -> str:
        """What decides, in words."""
        from bocage.methods import HEADS

        if self.fitted is not None:
            return self.fitted.method.title
        return HEADS[self.plain_head("in words").model].title

    @property
    def limits(self) -> tuple[NDArray[np.float64], ...] | None:
        """Smallest, mean and largest value of each band in training; None where unknown."""
        if self.fitted is not None:
            low, high = self.fitted.limits
            return low, self.fitted.mean, high
        if self.applicability is None:
            return None
        rows = self.applicability.rows
        return rows.min(axis=0), rows.mean(axis=0), rows.max(axis=0)

    @property
    def pretrained_on(self) -> str:
        """Where pretrained weights come from; empty for a model that knows the labels alone."""
        from bocage.methods import BACKBONES

        every = () if self.fitted is None else self.fitted.method.encoded
        known = (BACKBONES[i.backbone].source for i in every if i.weights == "pretrained")
        return "; ".join(dict.fromkeys(known))

    @property
    def parts(self) -> tuple[slice, ...]:
        """Where the bands of each input lie among all bands."""
        sizes = [len(self.bands)] if self.fitted is None else self.fitted.sizes
        ends = np.cumsum(sizes).tolist()
        return tuple(slice(end - size, end) for end, size in zip(ends, sizes, strict=True))

    @property
    def origin(self) -> Origin:
        """Where the features come from that it learned from."""
        return Origin(
            self.bands, self.product, self.version, self.years, self.licence, self.attribution,
            self.sources,
        )  # fmt: skip

    @property
    def kind(self) -> str:
        """``classification`` or ``regression``."""
        return str(self.head.kind)

    @property
    def has_classes(self) -> bool:
        """Whether its map shows classes; else values."""
        return bool(self.head.has_classes)

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Predict for rows of values: probabilities of classes, or values as one column.

        Parameters
        ----------
        X : ndarray of float64, shape (n, n_bands), or a table
            Of a table (pandas, polars, pyarrow) the columns called as `bands` are taken, in any
            order and with others among them; those of an array stand in the order of `bands`.

        Returns
        -------
        ndarray of float64, shape (n, n_classes) or (n, 1)

        Raises
        ------
        SettingsError
            If it reads more than the bands of one pixel.
        DataError
            If a table lacks a band, an array has another width, rows lack values (a map leaves
            such pixels out), or hold AlphaEarth's int8 where its values are expected.

        Examples
        --------
        >>> model.predict(table)  # doctest: +SKIP
        array([[0.83, 0.17]])
        """
        head = self.plain_head("as rows")
        rows = rows_of(X, self.bands, len(self.bands), "the model")
        _check_known(rows, self.bands)
        if self.coding.is_exact_int8 and _are_codes(rows):
            raise DataError(
                "the rows hold AlphaEarth's int8 codes (whole numbers from -128 to 127), and the "
                "model was trained on decoded values; expected vectors of length 1: decode the "
                "codes with bocage.tasks.dequantise_int8"
            )
        if self.has_classes:
            return with_noise(head.predict_proba(rows), self.noise, len(self.classes))
        return np.asarray(head.predict(rows), np.float64)[:, None]


def _check_known(rows: NDArray[np.float64], bands: tuple[str, ...]) -> None:
    """Refuse rows without all values: some heads answer as if nothing lacked."""
    lost = ~np.isfinite(rows)
    at = np.flatnonzero(lost.any(axis=1))
    if len(at):
        part = part_of(len(at), len(rows), "row", "has", "have")
        raise DataError(
            f"{part} a missing or infinite value (first: row {at[0]:,} counted from 0, band "
            f"{bands[int(lost[at[0]].argmax())]}), and the model needs all of its bands; expected "
            "numbers: leave such rows out"
        )


def _are_codes(rows: NDArray[np.float64]) -> bool:
    """Whether rows hold stored numbers, as no vector of length 1 does."""
    first = rows[:1]
    if not first.size or (first != np.round(first)).any():
        return False
    return bool((rows == np.round(rows)).all() and np.abs(rows).max() > 1)
