"""`bocage explain`: which dimensions carry which class, or a number; how few are enough."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bocage.cli import _data_options as data
from bocage.cli import _options as opt
from bocage.cli import _sources as src
from bocage.cli import _split_options as held
from bocage.cli._complete import IMPORTANCES, TREES, listed_words
from bocage.cli._explain_ways import Question, way_of
from bocage.cli._folder import SETTINGS, check_study
from bocage.cli._help import EXECUTION, EXPLANATION
from bocage.cli._told import NOTHING, Told, with_options
from bocage.core import SettingsError

if TYPE_CHECKING:
    from rich.console import Console

    from bocage.dimensions import AnyExplanation
    from bocage.sources import Source
    from bocage.splits import Split
    from bocage.study import StudySettings
    from bocage.tasks import Task


@with_options("stored", src, without=["source", "nodata"])
@with_options("told", data, held, without=["series", "undated", "first_date", "every", "units"])
def explain(
    sources: opt.Sources,
    told: Told,
    which: Annotated[
        str,
        typer.Option(
            "--of",
            metavar="INPUT",
            help="Input to explain, where there are several.",
            rich_help_panel=EXPLANATION,
        ),
    ] = "",
    where: Annotated[
        str,
        typer.Option(
            metavar="out|local",
            help="Place that subsets are judged for: new places without labels (out), or the "
            "labelled places from their own labels (local).",
            rich_help_panel=EXPLANATION,
            autocompletion=lambda: ["out", "local"],
        ),
    ] = "",
    margin: Annotated[
        float,
        typer.Option(
            metavar="SCORE",
            help="Loss of score that does not matter: of balanced accuracy, or of R2.",
            rich_help_panel=EXPLANATION,
        ),
    ] = 0.02,
    class_margin: Annotated[
        float | None,
        typer.Option(
            metavar="SCORE",
            help="Loss of recall of any one class that does not matter; 0.05 if not given.",
            rich_help_panel=EXPLANATION,
        ),
    ] = None,
    experiments: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="N",
            help="Number of experiments with tree models, as in the publication; 0 for none.",
            rich_help_panel=EXPLANATION,
        ),
    ] = 0,
    models: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Tree models of the experiments.",
            rich_help_panel=EXPLANATION,
            autocompletion=listed_words(*TREES),
        ),
    ] = ",".join(TREES),
    importance: Annotated[
        str,
        typer.Option(
            metavar="|".join(IMPORTANCES),
            help="Feature importance by which the experiments rank dimensions.",
            rich_help_panel=EXPLANATION,
            autocompletion=lambda: list(IMPORTANCES),
        ),
    ] = "impurity",
    depth: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="N",
            help="Number of ranked dimensions that the experiments add one by one.",
            rich_help_panel=EXPLANATION,
        ),
    ] = 30,
    source: src.Source = [],  # noqa: B006 - typer reads it as 'not given'
    stored: Told = NOTHING,
    workers: opt.Workers = None,
    dask: opt.Dask = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            help="Folder of the explanation; explanations/NAME if not given.",
            rich_help_panel=EXECUTION,
        ),
    ] = None,
) -> None:
    """Find which dimensions of an embedding carry a target.

    Also finds how few of them are enough. With --source, the target is predicted on a part of
    that raster, from few dimensions and from all of them. Experiments that were interrupted
    continue where they stopped when the same command is run again.
    """
    settings = opt.settings_from(sources, **told)
    from bocage.core import (
        Output,
        check_folder,
        check_outputs,
        did_you_mean,
        write_atomic,
    )
    from bocage.datasets import is_named
    from bocage.dimensions import (
        CampaignSettings,
        Problem,
        check_raster,
        in_use,
        only_input,
        write_subset,
    )
    from bocage.report import explanation_page
    from bocage.sources import local_files
    from bocage.study import check_same_explanation

    if where not in ("", "local", "out"):
        raise SettingsError(
            f"--where {where!r} is unknown; expected local or out"
            f"{did_you_mean(where, ('local', 'out'))}"
        )
    check_losses(margin, class_margin)
    first = Path(sources[0]).expanduser()
    if settings.target is None and not (is_named(sources[0]) or first.suffix or first.is_file()):
        check_study(first)
    # Before anything long begins: what can't be used, read or written is said at once.
    campaign = CampaignSettings(
        experiments,
        tuple(part.strip() for part in models.split(",")),
        depth=depth,
        importance=importance,
    )
    check_folder(output or Path("explanations"), "an explanation")
    raster = _opened(source, stored, told["nodata"])
    task, split, title, read, settings = _subject(sources, settings)
    folder = output or Path("explanations") / title
    page, subset = folder / "report.html", folder / "subset.yaml"
    record = folder / "explanation.yaml"
    made = [Output(page, "page (HTML)"), Output(subset, "subset of dimensions (YAML)")]
    made += [Output(record, "settings (YAML)")]
    check_outputs(made, [*read, *(local_files(raster) if raster else ())])
    problem = Problem.of(task, split, which or only_input(task))
    settings = settings.model_copy(update={"name": problem.name})
    check_same_explanation(record, settings, task)
    if raster is not None:
        check_raster(problem, raster)
    way = way_of(problem)
    question = Question(where, margin, class_margin, campaign, folder, workers, dask)
    way.check(question)
    found = way.explain(problem, question)
    spent = in_use(found)
    drawn = None if raster is None else way.draw(found, raster)
    # Files first: what is printed may end in a closed pipe.
    write_atomic(record, settings.to_yaml(record.parent))
    write_atomic(page, explanation_page(found, opt.typed(), spent, drawn))
    if found.together.bands:
        write_subset(found, subset)
    else:
        # One of an earlier run would be taken for this one's.
        subset.unlink(missing_ok=True)
    console = opt.console()
    _show(found, console)
    if raster is not None:
        nothing = (f"no map of {raster.about.name} is drawn: {way.undrawn}",)
        is_drawn = drawn is not None and drawn.has_maps
        for line in drawn.piece.notes if drawn is not None and is_drawn else nothing:
            console.print(f"note: {line}", soft_wrap=True)
    if found.together.bands:
        console.print(f"subset: {subset}", soft_wrap=True)
    console.print(f"page: {page}", soft_wrap=True)


def check_losses(margin: float, class_margin: float | None) -> None:
    """Refuse a loss that no score can have.

    Raises
    ------
    SettingsError
    """
    for option, value in (("--margin", margin), ("--class-margin", class_margin)):
        if value is not None and not 0 < value < 1:
            raise SettingsError(
                f"{option} {value:g} is not a valid loss; expected a number above 0 and below 1"
            )


def _show(found: "AnyExplanation", console: "Console") -> None:
    """Print notes, the answer, and a line for each class or dimension."""
    from rich.table import Table

    from bocage.report import beside, explained_lines, sentence

    for line in found.notes:
        console.print(f"note: {line}", soft_wrap=True)
    console.print(sentence(found), soft_wrap=True, style="bold")
    for line in beside(found):
        console.print(f"- {line}", soft_wrap=True)
    lines = explained_lines(found)
    table = Table(box=None)
    for column in lines.head:
        table.add_column(column, overflow="fold")
    for row in lines.rows:
        table.add_row(*row)
    console.print(table)


def _opened(source: list[str], stored: Told, nodata: list[str] | None) -> "Source | None":
    """Open the raster that classes are drawn on, if one is given."""
    if not source:
        return None
    from bocage.core import as_float
    from bocage.sources import join_tiles

    # Of what is said of inputs, a bare number is said of the raster too.
    plain = [number for text in nodata or [] if (number := as_float(text)) is not None]
    tiles = src.open_sources(source, nodata=plain[0] if plain else None, **stored)
    return join_tiles(tiles)


def _subject(
    sources: list[str], settings: "StudySettings"
) -> "tuple[Task, Split, str, tuple[Path, ...], StudySettings]":
    """Load labels and split them, or take both from a study.

    Also return the folder's name, the files that are read, and the settings as they are used.
    """
    from bocage.study import files_of, load, split_of

    if len(sources) == 1 and (Path(sources[0]) / SETTINGS).is_file():
        from bocage.cli._folder import open_here, study_files

        study = open_here(Path(sources[0]))
        return (
            study.task,
            study.split,
            study.folder.resolve().name,
            study_files(study),
            study.settings,
        )
    task = load(settings)
    settings = settings.with_suggested(task.suggested)
    return task, split_of(task, settings), settings.title, files_of(settings), settings
