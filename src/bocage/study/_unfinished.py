"""A study that was stopped before its end, and what that means for its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from bocage.core import part_of
from bocage.splits import Budget
from bocage.study._plan import Batch, Plan

_TO_COME = ("a first answer", "other budgets", "other places", "more draws")
"""What the runs of each of `bocage.study._stages.STAGES` add."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How much of a study is missing.

    Attributes
    ----------
    n_missing, n_runs : int
        Runs still to do, of those planned.
    command : str
        Command line that goes on.
    answer : str
        What the answer is of that can be given now, such as ``one draw of the labels at budgets 5
        and 50, in regions without labels``; empty where that can't be said so simply.
    to_come : tuple of str
        What the missing runs add.
    """

    n_missing: int
    n_runs: int
    command: str
    answer: str = ""
    to_come: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What stands before every answer of such a study."""
        part = part_of(self.n_missing, self.n_runs, "run", "remains", "remain")
        what = f" ({', '.join(self.to_come)})" if self.to_come else ""
        answer = self.answer or "the runs that are done"
        return (
            f"The answer so far is based on {answer}; {part}{what}: continue with `{self.command}`"
        )


def unfinished(
    plan: Plan, left: Sequence[Batch], budgets: Sequence[Budget], where: str, command: str
) -> Unfinished | None:
    """Say how much of a plan is missing, and what the rest is an answer of; None without.

    Parameters
    ----------
    plan : Plan
    left : sequence of Batch
        What is missing.
    budgets : sequence of Budget
        In the order in which they are named.
    where : str
        The place that the verdict is asked for, in words.
    command : str
    """
    if not left:
        return None
    n = sum(len(batch.runs) for batch in left)
    stages = sorted({batch.stage for batch in left})
    return Unfinished(
        n,
        plan.n_runs,
        command,
        _answer(plan, left, budgets, where),
        tuple(_TO_COME[stage] for stage in stages),
    )


def _answer(plan: Plan, left: Sequence[Batch], budgets: Sequence[Budget], where: str) -> str:
    due = min(batch.stage for batch in left)
    missing = {run.key for batch in left for run in batch.runs}
    before = {run.key for batch in plan.batches if batch.stage < due for run in batch.runs}
    done = {run.key for batch in plan.batches for run in batch.runs} - missing
    # A stage that is done in part, or out of turn, is no simple thing to name.
    if not before or done - before:
        return ""
    if due == len(_TO_COME) - 1:
        return "one draw of the labels at every budget, in all places"
    first = {run.cell.budget for batch in plan.first for run in batch.runs}
    names = [str(budget) for budget in budgets if budget in first]
    few = f"budget{'s' if len(names) > 1 else ''} {' and '.join(names)}"
    return f"one draw of the labels at {few if due == 1 else 'every budget'}, {where}"
