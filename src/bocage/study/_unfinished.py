"""A study that was stopped before its end, and what that means for its answer."""

from dataclasses import dataclass


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
        verb = "is" if self.n_missing == 1 else "are"
        return (
            f"{self.n_missing:,} of {self.n_runs:,} runs {verb} missing: the answer is of what is "
            f"there; `{self.command}` goes on"
        )
