"""A comparison of methods, as Python sees it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bocage.api._frame import framed
from bocage.api._opened import opened
from bocage.api._words import speaks_python
from bocage.core import Workers, in_python

if TYPE_CHECKING:
    import pandas as pd

    from bocage.api._model import Model
    from bocage.report import ReportContent
    from bocage.sources import Raster
    from bocage.study import Study, StudySettings, Verdict
    from bocage.tasks import Task


class Comparison:
    """A comparison of methods on one set of labels, kept in a folder.

    Made by `bocage.compare` and `bocage.open_study`. In a notebook it shows its page.

    Parameters
    ----------
    study : Study
        What is planned, run and stored.
    changed : sequence of str
        What the folder's page showed before and will show no longer.

    Attributes
    ----------
    study : Study
        Everything beneath: task, split, plan, store.

    Examples
    --------
    >>> study = bocage.open_study("studies/crops")  # doctest: +SKIP
    >>> study.verdict.sentence  # doctest: +SKIP
    'Use logistic regression on AlphaEarth. ...'
    """

    def __init__(self, study: "Study", changed: tuple[str, ...] = ()) -> None:
        self.study = study
        self._changed = changed
        self._content: ReportContent | None = None

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return self.study.folder

    @property
    def settings(self) -> "StudySettings":
        """What was asked for."""
        return self.study.settings

    @property
    def task(self) -> "Task":
        """The samples that are compared on."""
        return self.study.task

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of any result must know."""
        split = self.study.split
        every = (*self._changed, *self.content.notes, *split.degraded, *split.notes)
        return tuple(in_python(note) for note in dict.fromkeys(every))

    @property
    def content(self) -> "ReportContent":
        """All that the page shows, as values."""
        from bocage.report import content_of

        if self._content is None:
            self._content = content_of(self.study, command=self._command)
        return self._content

    @property
    def verdict(self) -> "Verdict | None":
        """Which method to use, and what is known of it; None before there is anything to say."""
        return self.content.verdict

    @property
    def scores(self) -> "pd.DataFrame":
        """All scores, one row a figure: the columns of ``scores.parquet``."""
        study = self.study
        return study.results().score_table(study.settings.by, study.where)

    @property
    def n_missing(self) -> int:
        """Runs that are still to be done."""
        return self.study.n_missing

    @speaks_python
    def run(self, workers: Workers | int = 1, *, quick: bool = False) -> "Comparison":
        """Run what is missing, and write the page.

        Parameters
        ----------
        workers : Workers or int
            Processes; 1 runs in this one.
        quick : bool
            Whether to stop at the first answer.

        Returns
        -------
        Comparison
            This one.

        Raises
        ------
        BocageError
            If a method can't read its input, or nothing can be written.

        Examples
        --------
        >>> study.run(workers=4)  # doctest: +SKIP
        """
        from bocage.report import write

        ways = workers if isinstance(workers, Workers) else Workers(workers)
        self.study.run(ways, first_only=quick)
        self._content = None
        write(self.content, self.folder / "report.html")
        return self

    @speaks_python
    def to_html(self, path: str | Path | None = None) -> str:
        """Return the page, one self-contained HTML file; write it where a path is given.

        Parameters
        ----------
        path : str or Path, optional
            HTML file to write.

        Returns
        -------
        str

        Raises
        ------
        StoreError
            If it can't be written.

        Examples
        --------
        >>> page = study.to_html("page.html")  # doctest: +SKIP
        """
        from bocage.report import render, write

        if path is None:
            return render(self.content)
        return write(self.content, Path(path)).read_text(encoding="utf-8")

    @speaks_python
    def plot(self, where: str | None = None, ax: Any = None) -> Any:
        """Draw the score of each method against the number of labels.

        Parameters
        ----------
        where : {"out", "local", "both", "random"}, optional
            Place of the labels; that of the verdict if not given.
        ax : matplotlib Axes, optional
            To draw on; the current figure's if not given.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        SettingsError
            If nothing was tested there.

        Examples
        --------
        >>> axes = study.plot(where="local")  # doctest: +SKIP
        """
        from bocage.report import draw_curves

        if ax is None:
            import matplotlib.pyplot as plt

            _, ax = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
        draw_curves(self.content, ax, where or self.study.where)
        return ax

    @speaks_python
    def fit(self, method: str = "", *, raster: "str | Path | Raster | None" = None) -> "Model":
        """Fit a method on all labels.

        Parameters
        ----------
        method : str
            Of the study; the verdict's choice if not given, or its best where it is undecided.
        raster : str, Path or Raster, optional
            What will be mapped, where its numbers are stored otherwise than the labels' features
            are: scaled integers, for instance.

        Returns
        -------
        Model

        Raises
        ------
        SettingsError
            If the study has no such method, or it can't be mapped with.

        Examples
        --------
        >>> model = study.fit("aef:logistic")  # doctest: +SKIP
        """
        from bocage.api._model import Model
        from bocage.models import fit_model
        from bocage.study import winner

        source = None if raster is None else opened(raster)[0]
        return Model(fit_model(self.study, winner(self.study, method), source))

    @property
    def _command(self) -> str:
        import shlex

        return shlex.join(["bocage", "compare", str(self.folder / "study.yaml")])

    def __repr__(self) -> str:
        n, of = self.study.plan.n_runs - self.n_missing, self.study.plan.n_runs
        said = self.verdict.sentence if self.verdict else "No verdict yet."
        return f"<Comparison {str(self.folder)!r}: {n:,} of {of:,} runs done. {said}>"

    def _repr_html_(self) -> str:
        return framed(self.to_html(), f"comparison {self.folder}")
