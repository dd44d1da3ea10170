"""The answer of a study while its runs go on."""

import time
from typing import TYPE_CHECKING

from bocage.cli import _options as opt
from bocage.core import BocageError, counted

if TYPE_CHECKING:
    from bocage.study import Study

WORTH_SECONDS = 10.0
"""Where the rest takes less, the last answer is waited for."""


class SoFar:
    """Writes the page of what is there, and says its verdict in a line.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: "Study") -> None:
        self._study = study
        self._left_first = study.n_missing
        self._start = time.monotonic()
        self._said = ""

    def started(self) -> None:
        """Note that the work begins: what is got ready before says nothing of its pace."""
        self._start = time.monotonic()

    def passed(self) -> None:
        """Say what is known now. That there is no answer yet stops no run."""
        from bocage.report import content_of, write

        left, n_runs = self._study.n_missing, self._study.plan.n_runs
        pace = (time.monotonic() - self._start) / max(self._left_first - left, 1)
        if pace * left < WORTH_SECONDS:
            return
        talk = opt.console(errors=True)
        after = f"after {n_runs - left:,} of {counted(n_runs, 'run')}"
        try:
            content = content_of(self._study, command=opt.typed())
            page = write(content, self._study.folder / "report.html")
        except BocageError as error:
            talk.print(f"{after}: no answer yet ({error})")
            self._said = ""
            return
        said = content.verdict.sentence if content.verdict else "no verdict yet"
        if said == self._said:
            talk.print(f"{after}: the verdict is unchanged (page: {page})")
        else:
            talk.print(f"{after}: {said} (page: {page})")
        self._said = said
