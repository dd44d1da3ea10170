"""Points of the protocol that runs which are to come may still change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bocage.core import listed
from bocage.study._answer import Answer
from bocage.study._record import Record
from bocage.study._study import Study

Outcome = Literal["pass", "partly", "fail", "does not apply", "not yet run"]


@dataclass(frozen=True, slots=True)
class Waits:
    """What a study that is under way has still to run.

    Attributes
    ----------
    going : bool
        Whether any run is missing.
    budgets : str
        Budgets of which no run is done, in words; empty without.
    """

    going: bool
    budgets: str

    def instead(self, outcome: Outcome, why: str) -> tuple[Outcome, str]:
        """Give an outcome, but where budgets are missing that it would have to hold for."""
        return ("not yet run", f"{self.budgets}; so far: {why}") if self.budgets else (outcome, why)

    def unless(self, outcome: Outcome, why: str) -> tuple[Outcome, str]:
        """Give an outcome that runs to come may change, but where there are any."""
        return ("not yet run", f"so far: {why}") if self.going else (outcome, why)


def waits_of(study: Study, found: Answer, records: Sequence[Record]) -> Waits:
    """Find what is missing, by the runs that are done."""
    if not found.results.n_missing:
        return Waits(going=False, budgets="")
    done = {r.budget for r in records}
    planned = {str(run.cell.budget) for batch in found.results.plan.batches for run in batch.runs}
    later = [name for name in map(str, study.budgets) if name in planned - done]
    return Waits(going=True, budgets=f"no run at {listed(later)} yet" if later else "")
