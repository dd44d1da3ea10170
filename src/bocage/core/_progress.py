"""A progress bar with the time left; now and then a line where there is no terminal."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

QUIET_SECONDS = 10.0


@contextmanager
def progress(
    title: str, total: int, *, done: int = 0, goals: Sequence[int] = ()
) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error; yields a function that advances it.

    Where standard error is no terminal (a log file), a line is written at every tenth of the
    work, and none within the first ten seconds.

    Parameters
    ----------
    title : str
    total, done : int
        Pieces of work in all, and those that were done before.
    goals : sequence of int
        How many pieces are done where something can be shown, ascending; the time to the next of
        them is told beside the time to the end.
    """
    pace = Pace(total, done, tuple(goals))
    if not sys.stderr.isatty():
        yield _lines(title, pace)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        # Methods differ in speed: average over a long stretch.
        TimeRemainingColumn(),
        TextColumn("{task.fields[soon]}"),
    )
    with Progress(*columns, console=console, speed_estimate_period=600) as bar:
        task = bar.add_task(title, total=total, completed=done, soon="")

        def advance(count: int) -> None:
            pace.advance(count)
            bar.update(task, advance=count, soon=pace.soon.removeprefix(", "))

        yield advance


def in_time(seconds: float) -> str:
    """Write how long something takes, as it is said beforehand.

    Examples
    --------
    >>> in_time(99.2), in_time(150), in_time(6000)
    ('99 s', '2 min', '100 min')
    """
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"  # noqa: PLR2004


class Pace:
    """How fast the work goes, and when the next of it can be shown."""

    def __init__(self, total: int, done: int, goals: Sequence[int]) -> None:
        self.total, self.done, self.goals = total, done, goals
        self._first, self._start = done, time.monotonic()
        self.now = self._start

    def advance(self, count: int) -> None:
        """Count what was done."""
        self.done += count
        self.now = time.monotonic()

    def words(self, goal: int) -> str:
        """Say how long it takes until so many pieces are done."""
        left = (self.now - self._start) / max(self.done - self._first, 1) * (goal - self.done)
        return in_time(left)

    @property
    def soon(self) -> str:
        """Say when the next answer is due, if not only at the end."""
        goal = next((goal for goal in self.goals if goal > self.done), self.total)
        return f", an answer in about {self.words(goal)}" if goal < self.total else ""


def _lines(title: str, pace: Pace) -> Callable[[int], None]:
    last = pace.now
    tenth = 10 * pace.done // max(pace.total, 1)

    def advance(count: int) -> None:
        nonlocal tenth, last
        pace.advance(count)
        if 10 * pace.done // pace.total > tenth and pace.now - last > QUIET_SECONDS:
            tenth, last = 10 * pace.done // pace.total, pace.now
            of = f"{pace.done:,} of {pace.total:,}"
            sys.stderr.write(f"{title}: {of}, about {pace.words(pace.total)} left{pace.soon}\n")

    return advance
