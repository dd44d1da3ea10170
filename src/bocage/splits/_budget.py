"""Budgets: how many labels a method may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bocage.core import CLASSIFICATION, REGRESSION, SEGMENTATION, Kind, SettingsError, find_kind

Unit = Literal["class", "label", "chip", "fraction", "parcel", "event", "pixel"]
"""`class`: labels per class; `label`: labels in all; `chip`: labelled chips; `fraction` of
the samples to draw from; whole parcels or events; `pixel`: a fraction of the labelled pixels."""

SHARES = frozenset({"fraction", "pixel"})
"""Units that give a part of what there is, not a number."""

FEW = 20
"""Budgets below this many labels a class are repeated at least `FEW_REPEATS` times."""

FEW_REPEATS = 10


@dataclass(frozen=True, slots=True)
class Budget:
    """How many labels a method may learn from, tuning and early stopping included.

    Attributes
    ----------
    amount : float
        In `unit`; infinite for all labels there are.
    unit : {"class", "label", "chip", "fraction", "parcel", "event", "pixel"}
        Parcels are counted per class, events over all classes; of pixels, as of labels by
        ``fraction``, it is a share.
    exact : bool
        Whether a fold that holds fewer stays blank. Otherwise it gives what it has: *up to*
        5 labels a class, and a class of 3 gives 3.
    """

    amount: float
    unit: Unit = "class"
    exact: bool = False

    @property
    def is_all(self) -> bool:
        """Whether nothing is held back."""
        return bool(np.isinf(self.amount))

    @property
    def is_share(self) -> bool:
        """Whether it is a part of what there is."""
        return self.unit in SHARES and not self.is_all

    def __str__(self) -> str:
        if self.is_all:
            return "all"
        if self.is_share:
            return f"{100 * self.amount:.4g}%"
        return f"{self.amount:g}"

    @property
    def label(self) -> str:
        """The budget in words."""
        if self.is_all:
            return "all labels"
        if self.is_share:
            of = "labelled pixels" if self.unit == "pixel" else "labels"
            return f"{100 * self.amount:.4g} % of the {of}"
        words = f"{self.counted(self.amount)}{' per class' if self.by_class else ''}"
        return words if self.exact else f"up to {words}"

    @property
    def noun(self) -> str:
        """What a number counts: ``labels``, ``chips``, ``parcels`` or ``events``."""
        return f"{self.unit}s" if self.unit in {"chip", "parcel", "event"} else "labels"

    def counted(self, n: float) -> str:
        """Write a number of what the budget counts: ``1 label``, ``5 parcels``."""
        return f"{n:g} {self.noun.removesuffix('s') if n == 1 else self.noun}"

    @property
    def by_class(self) -> bool:
        """Whether it is a number for each class."""
        return self.unit in {"class", "parcel"} and not self.is_all

    def repeats(self, asked: int | None = None) -> int:
        """Give the number of draws: one for all labels, more for few.

        Parameters
        ----------
        asked : int, optional
            The user's number; the default is 10 below 20 labels a class and 5 above.
        """
        if self.is_all:
            return 1
        if asked is not None:
            return asked
        few = {
            "class": FEW,
            "parcel": FEW,
            "label": 2 * FEW,
            "chip": FEW,
            "event": FEW,
            "fraction": 0.1,
            # Even 1 % is thousands, from every chip there is.
            "pixel": 0,
        }
        return FEW_REPEATS if self.amount < few[self.unit] else FEW_REPEATS // 2


def parse_budget(
    text: str | float, unit: Unit, share: Unit = "fraction", *, exact: bool = False
) -> Budget:
    """Read a budget: ``5``, ``all``, ``10%``.

    Parameters
    ----------
    text : str or number
    unit : str
        What numbers count.
    share : {"fraction", "pixel"}
        What percentages are of.
    exact : bool
        Whether numbers are exact, and not the most that is drawn.

    >>> parse_budget("10%", "class")
    Budget(amount=0.1, unit='fraction', exact=False)

    Raises
    ------
    SettingsError
        If the text is no positive number, percentage or ``all``.
    """
    word = str(text).strip().lower()
    if word == "all":
        return Budget(float("inf"), unit)
    try:
        amount = float(word.removesuffix("%"))
    except ValueError:
        amount = -1.0
    if word.endswith("%") or unit in SHARES:
        amount = amount / 100 if word.endswith("%") else amount
        if 0 < amount <= 1:
            return Budget(amount, unit if unit in SHARES else share)
    elif 0 < amount < float("inf") and amount == int(amount):
        return Budget(amount, unit, exact)
    raise SettingsError(
        f"budget {text!r} can't be used; expected a whole number of at least 1 (such as 5), a "
        "percentage above 0 (such as 10%) or 'all'"
    )


_USUAL: Mapping[Kind, tuple[Unit, tuple[int | str, ...]]] = {
    CLASSIFICATION: ("class", (5, 10, 20, 50, "all")),
    REGRESSION: ("label", (20, 50, 100, 200, "all")),
    SEGMENTATION: ("chip", (5, 10, 20, 50, "all")),
}


def usual_unit(kind: Kind) -> Unit:
    """Return what budgets count unless told otherwise."""
    return _USUAL[kind][0]


def default_budgets(kind: Kind | str, *, exact: bool = False) -> Sequence[Budget]:
    """Give the budgets of a comparison unless told otherwise.

    >>> [str(b) for b in default_budgets("classification")]
    ['5', '10', '20', '50', 'all']
    """
    unit, amounts = _USUAL[find_kind(kind)]
    return tuple(parse_budget(k, unit, exact=exact) for k in amounts)
