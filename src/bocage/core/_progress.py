"""A progress bar with the time left; now and then a line where there is no terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET_SECONDS = 10.0


@contextmanager
def progress(title: str, total: int, *, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error; yields a function that advances it.

    Where standard error is no terminal (a log file), a line is written at every tenth of the
    work, and none within the first ten seconds.
    """
    if not sys.stderr.isatty():
        yield _lines(title, total, done)
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
    )
    with Progress(*columns, console=console, speed_estimate_period=600) as bar:
        task = bar.add_task(title, total=total, completed=done)
        yield lambda count: bar.update(task, advance=count)


def _lines(title: str, total: int, done: int) -> Callable[[int], None]:
    start = last = time.monotonic()
    first, tenth = done, 10 * done // max(total, 1)

    def advance(count: int) -> None:
        nonlocal done, tenth, last
        done += count
        now = time.monotonic()
        if 10 * done // total > tenth and now - last > QUIET_SECONDS:
            tenth, last = 10 * done // total, now
            left = (now - start) / (done - first) * (total - done)
            words = f"{left:.0f} s" if left < 100 else f"{left / 60:.0f} min"  # noqa: PLR2004
            sys.stderr.write(f"{title}: {done:,} of {total:,}, about {words} left\n")

    return advance
