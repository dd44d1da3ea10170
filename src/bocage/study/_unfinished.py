"""A study that was stopped before its end, and what that means for its answer."""

from dataclasses import dataclass

from bocage.core import part_of


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How much of a study is missing.

    Attributes
    ----------
    n_missing, n_runs : int
        Runs still to do, of those planned.
    command : str
        Command line that goes on.
    """

    n_missing: int
    n_runs: int
    command: str

    @property
    def sentence(self) -> str:
        """What stands before every answer of such a study."""
        part = part_of(self.n_missing, self.n_runs, "run", "is", "are")
        return f"{part} missing: the answer is of what is there; `{self.command}` goes on"
