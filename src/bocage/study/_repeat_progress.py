"""How far the draws of a budget are done, where a study is looked at before its end."""

from dataclasses import dataclass, field


@dataclass
class RepeatsDone:
    """What is known of the runs of one regime at one budget.

    Attributes
    ----------
    planned, seen : int
        Draws that are planned, and those of which any run is done.

    Examples
    --------
    The first draw of two methods is done, and of one the second too:

    >>> done = RepeatsDone()
    >>> for method, repeat, status in [
    ...     ("a", 0, "done"), ("a", 1, "done"), ("b", 0, "done"), ("b", 1, None),
    ... ]:
    ...     done.add(method, repeat, status)
    >>> done.by_all, done.seen
    (1, 2)
    """

    planned: int = 0
    seen: int = 0
    _missing: dict[str, int] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)

    def add(self, method: str, repeat: int, status: str | None) -> None:
        """Take in one planned run: done, failed, or missing yet (None)."""
        self.planned = max(self.planned, repeat + 1)
        if status == "done":
            self.seen = max(self.seen, repeat + 1)
        elif status == "failed":
            self._failed.add(method)
        else:
            self._missing[method] = min(self._missing.get(method, repeat), repeat)

    @property
    def by_all(self) -> int:
        """Draws that every method has done; of those that failed or have none, nothing is asked.

        A method that is further than others could not be compared with them by what it did since.
        """
        if not self.seen:
            return 0
        begun = (n for method, n in self._missing.items() if n and method not in self._failed)
        return min(begun, default=self.seen)
