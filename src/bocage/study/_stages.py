"""Which runs come first: what a first answer needs, then what makes it finer and steadier."""

from collections.abc import Sequence
from dataclasses import dataclass

from bocage.splits import Budget

STAGES = ("first answer", "all budgets", "all places", "all draws")
"""What a study has when the runs of a stage are done, and those before."""

CHECKS = frozenset({"local-half", "local-double"})
"""Regimes that one method runs with all labels: how much the block size matters."""


@dataclass(frozen=True, slots=True)
class First:
    """What a first answer is of.

    Attributes
    ----------
    regime : str
        That of the place that the verdict is asked for.
    budgets : frozenset of Budget
    """

    regime: str
    budgets: frozenset[Budget]

    def stage_of(self, regime: str, budget: Budget, repeat: int) -> int:
        """Return when a run is due: see `STAGES`."""
        if repeat:
            return 3
        if regime != self.regime:
            return 2
        return 0 if budget in self.budgets else 1


def first_budgets(budgets: Sequence[Budget], at: str | None = None) -> frozenset[Budget]:
    """Choose the budgets of a first answer: the one asked for, the smallest and the largest number.

    All labels there are take longest, in a large table by far: they wait, unless they are asked
    for or nothing else is.

    Examples
    --------
    >>> from bocage.splits import Budget
    >>> sizes = [Budget(5), Budget(20), Budget(50), Budget(float("inf"))]
    >>> sorted(map(str, first_budgets(sizes)))
    ['5', '50']
    >>> sorted(map(str, first_budgets(sizes, "all")))
    ['5', 'all']
    """
    numbers = [budget for budget in budgets if not budget.is_all]
    asked = [budget for budget in budgets if str(budget) == at] or numbers[-1:]
    return frozenset([*numbers[:1], *asked] or budgets)
