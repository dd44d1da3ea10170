"""The answer for one place and one budget, as a value."""

from dataclasses import dataclass
from typing import Literal

from bocage.study._bygroup import GroupDifference
from bocage.study._losses import Loss

Status = Literal["decided", "alike", "undecided", "none"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one place and one budget.

    Attributes
    ----------
    status : {"decided", "alike", "undecided", "none"}
        ``decided``: a method is shown to lose less than the margin; ``alike``: the cheapest can't
        be told apart from the best, and `chosen` is it; ``none`` where no verdict can be given
        at all.
    where, budget, metric : str
    margin : float
    order : tuple of str
        Cost order.
    chosen : str
        Method to use; empty unless decided or alike.
    best : str
        Method with the highest score among those that may be recommended.
    qualifiers : tuple of str
        Methods shown to lose less than the margin (and to beat the floor), cheapest first.
    open : tuple of str
        Methods shown to be neither within the margin nor beyond it, cheapest first.
    ties : tuple of str
        Other qualifiers that cost as little as `chosen`.
    losses : tuple of Loss
        All methods and controls, best score first.
    conditional : bool
        Intervals of scores speak of the places tested; what a new one may give is
        `Loss.next_place`.
    n_groups, n_units : int
        Held-out groups, and resampled units.
    groups : tuple of GroupDifference
        Chosen against best, or best against the next, in every group.
    flags : tuple of str
        Controls that do as well as the best.
    reasons : tuple of str
        What else the answer stands on, or why there is none.
    sentence : str
        The answer in plain English.
    coordinates : str
        The method that sees coordinates alone and is not shown to be worse, where for that reason
        nothing is advised; else empty.
    """

    status: Status
    where: str
    budget: str
    metric: str
    margin: float
    order: tuple[str, ...]
    chosen: str
    best: str
    qualifiers: tuple[str, ...]
    open: tuple[str, ...]
    ties: tuple[str, ...]
    losses: tuple[Loss, ...]
    conditional: bool
    n_groups: int
    n_units: int
    groups: tuple[GroupDifference, ...]
    flags: tuple[str, ...]
    reasons: tuple[str, ...]
    sentence: str
    coordinates: str = ""

    @property
    def shown(self) -> Loss:
        """The entry of the chosen method; of the best where none is chosen."""
        return self.loss_of(self.chosen or self.best)

    @property
    def grounds(self) -> tuple[str, ...]:
        """All that the answer stands on: flags, then reasons."""
        return (*self.flags, *self.reasons)

    def loss_of(self, method: str) -> Loss:
        """Return the entry of one method."""
        return next(loss for loss in self.losses if loss.method == method)
