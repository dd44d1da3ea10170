"""Which dimensions carry a target, from Python."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bocage.api._comparison import Comparison
from bocage.api._frame import framed
from bocage.api._words import speaks_python
from bocage.core import SettingsError, in_python

if TYPE_CHECKING:
    import pandas as pd

    from bocage.dimensions import AnyExplanation
    from bocage.splits import Split
    from bocage.tasks import Task


class Explained:
    """Which dimensions of an input carry a target, and how few are enough.

    Made by `bocage.dimensions`. In a notebook it shows its page.

    Parameters
    ----------
    found : Explanation or NumberExplanation
        Of `bocage.dimensions`'s room, with all curves and tests.

    Attributes
    ----------
    found
        Everything beneath.

    Examples
    --------
    >>> explained = bocage.explain("landscape")  # doctest: +SKIP
    >>> explained.bands  # doctest: +SKIP
    ('A07', 'A31')
    """

    def __init__(self, found: "AnyExplanation") -> None:
        self.found = found

    @property
    def sentence(self) -> str:
        """The answer."""
        from bocage.report import sentence

        return in_python(sentence(self.found))

    @property
    def bands(self) -> tuple[str, ...]:
        """The fewest dimensions that are enough for the target as a whole; empty where none are."""
        return tuple(self.found.together.bands)

    @property
    def table(self) -> "pd.DataFrame":
        """One row a class, or a dimension of a number."""
        import pandas as pd

        from bocage.report import explained_lines

        lines = explained_lines(self.found)
        return pd.DataFrame([list(map(str, row)) for row in lines.rows], columns=list(lines.head))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the answer must know."""
        return tuple(in_python(note) for note in self.found.notes)

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
        >>> page = explained.to_html("explanation.html")  # doctest: +SKIP
        """
        from bocage.core import write_atomic
        from bocage.dimensions import in_use
        from bocage.report import explanation_page

        page = str(explanation_page(self.found, "", in_use(self.found), None))
        if path is not None:
            write_atomic(Path(path), page)
        return page

    def __repr__(self) -> str:
        return f"<Explained: {self.sentence}>"

    def _repr_html_(self) -> str:
        return framed(self.to_html(), "explanation")


@speaks_python
def explain(
    labels: "Comparison | str | Path | Sequence[str | Path] | pd.DataFrame | Task",
    target: str | None = None,
    *,
    of: str | None = None,
    where: Literal["", "local", "out"] = "",
    margin: float | None = None,
    class_margin: float | None = None,
    **settings: Any,
) -> Explained:
    """Find which dimensions of an input carry a target, as ``bocage explain`` does.

    Parameters
    ----------
    labels : Comparison, DataFrame, GeoDataFrame, Task, str, Path, or several paths
        A comparison that was made, or labels as of `compare`.
    target : str, optional
        Column to predict, as of `compare`.
    of : str, optional
        Input to explain; the only one, or the embedding, if not given.
    where : {"", "local", "out"}
        Place that subsets are judged by: ``out`` where groups are left out, if not given.
    margin : float, optional
        Loss of score that does not matter.
    class_margin : float, optional
        The same for the score of one class.
    **settings
        Settings of labels and split, as of `compare`.

    Returns
    -------
    Explained

    Raises
    ------
    BocageError
        If labels can't be used, or hold no such input.

    See Also
    --------
    compare : Compare methods on the labels.

    Examples
    --------
    >>> explained = bocage.explain("landscape")  # doctest: +SKIP
    """
    from threadpoolctl import threadpool_limits

    unused = sorted({"folder", "run", "quick", "workers", "dask"} & set(settings))
    if unused:
        raise SettingsError(
            f"{unused[0]} is given, but an explanation keeps nothing and runs in this process; "
            "omit it"
        )
    from bocage.core import REGRESSION
    from bocage.dimensions import (
        CLASS_MARGIN,
        MARGIN,
        Problem,
        explain_number,
        linear_ablations,
        only_input,
    )
    from bocage.dimensions import explain as of_classes

    if isinstance(labels, Comparison):
        if target is not None or settings:
            raise SettingsError(
                "a comparison is given, which has its own target and settings; omit "
                f"{', '.join(['target'] * (target is not None) + sorted(settings))}"
            )
        task, split = labels.study.task, labels.study.split
    else:
        task, split = _labelled(labels, target, settings)
    problem = Problem.of(task, split, of or only_input(task))
    allowed = MARGIN if margin is None else margin
    # Small problems are faster on one thread.
    with threadpool_limits(1):
        if task.kind is REGRESSION:
            if class_margin is not None:
                raise SettingsError("class_margin applies to classes, and the target is a number")
            return Explained(explain_number(problem, where, allowed))
        of_each = CLASS_MARGIN if class_margin is None else class_margin
        return Explained(of_classes(problem, linear_ablations(problem), where, allowed, of_each))


def _labelled(labels: Any, target: str | None, settings: dict[str, Any]) -> "tuple[Task, Split]":
    """Read labels and split them: a comparison that has not run yet."""
    from bocage.api._compare import compare

    with tempfile.TemporaryDirectory() as folder:
        made = compare(labels, target, folder=Path(folder) / "study", run=False, **settings)
        return made.study.task, made.study.split
