"""`bocage terratorch`: a method of a study, for TerraTorch."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bocage.cli import _options as opt
from bocage.cli._complete import complete_methods
from bocage.cli._folder import open_here
from bocage.core import SettingsError, counted, did_you_mean

if TYPE_CHECKING:
    from bocage.methods import Method
    from bocage.methods.exports import NetworkTraining
    from bocage.splits import Budget, Fold
    from bocage.study import Study


def terratorch(
    folder: opt.Study,
    method: Annotated[
        str,
        typer.Argument(
            metavar="METHOD",
            help="Network for chips, such as s2:prithvi-tiny:lora.",
            autocompletion=complete_methods,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            help="New folder for the configuration and the chips.",
        ),
    ],
    fold: Annotated[
        str | None,
        typer.Option(
            metavar="FOLD",
            help="Fold whose training labels are used; the first of those that the verdict is for "
            "if not given.",
        ),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(metavar="BUDGET", help="Label budget to train on; the largest if not given."),
    ] = None,
    repeat: Annotated[
        int, typer.Option(min=0, metavar="N", help="Random draw of the budget, counted from 0.")
    ] = 0,
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Pretrained weights; TerraTorch downloads them if not given.",
        ),
    ] = None,
) -> None:
    """Export a network of a study for training in TerraTorch.

    Writes a configuration, and the chips with the labels of one fold and budget.
    """
    from bocage.methods import Views, parse_method
    from bocage.methods.exports import write_terratorch

    study = open_here(folder)
    made = parse_method(method)
    chosen, amount = _fold(study, fold), _budget(study, budget)
    training = _training(study, made, chosen, amount, repeat)
    title = f"{study.settings.title}, {chosen.name}, {amount.label}, draw {repeat}"
    path = write_terratorch(output, made, Views(study.task), training, title=title, weights=weights)
    console = opt.console()
    console.print(
        f"{counted(len(training.learned), 'chip')} for training; learning rate {training.rate:g}, "
        f"{counted(training.n_epochs, 'epoch')}: {training.why}",
        soft_wrap=True,
    )
    console.print(f"{path} lists the differences from Bocage", soft_wrap=True)
    console.print(f"cd {path.parent} && terratorch fit -c {path.name}", soft_wrap=True)


def _fold(study: "Study", name: str | None) -> "Fold":
    folds = study.split.folds
    if name is None:
        return next((fold for fold in folds if fold.regime == study.where), folds[0])
    for fold in folds:
        if fold.name == name:
            return fold
    raise SettingsError(
        f"this study has no fold {name!r}; expected one of {', '.join(f.name for f in folds)}"
        f"{did_you_mean(name, [f.name for f in folds])}"
    )


def _budget(study: "Study", text: str | None) -> "Budget":
    if text is None:
        return study.budgets[-1]
    for budget in study.budgets:
        if str(budget) == text:
            return budget
    raise SettingsError(
        f"this study has no budget {text!r}; expected one of {', '.join(map(str, study.budgets))}"
    )


def _training(
    study: "Study", method: "Method", fold: "Fold", budget: "Budget", repeat: int
) -> "NetworkTraining":
    """Draw the labels of a run as the study does; where it is finished, take what it chose."""
    from bocage.methods.exports import training_of
    from bocage.splits import InnerMaker, LabelSampler

    protocol = study.protocol
    draw = LabelSampler(study.task, study.split, protocol.seed).draw(fold, budget, repeat)
    if draw.reason:
        raise SettingsError(
            f"{budget.label} can't be drawn in {fold.name} ({draw.reason}); choose another budget "
            "with --budget, or another fold with --fold"
        )
    maker = InnerMaker(study.task, study.split, protocol.inner_folds)
    inner, masks = maker.make(fold, draw.rows, draw.pixels), None
    if draw.pixels is not None and study.task.masks is not None:
        masks = draw.pixels.masks(study.task.masks, draw.rows)
    # The domain that the fold is for comes first.
    tests = dict(sorted(fold.tests.items(), key=lambda pair: pair[0] != fold.regime))
    key, params = _run(study, method, fold, budget, repeat)
    seed = int(key[:7], 16) if key else protocol.seed
    return training_of(method, draw.rows, tests, inner, protocol.recipe, seed, params, masks)


def _run(
    study: "Study", method: "Method", fold: "Fold", budget: "Budget", repeat: int
) -> tuple[str, dict[str, Any] | None]:
    """Return the key of a run of the study, and what it chose; nothing where there is none."""
    for batch in study.plan.batches:
        names = study.methods[batch.method].name, study.split.folds[batch.fold].name
        if names != (method.name, fold.name):
            continue
        for run in batch.runs:
            if run.cell.budget == budget and run.cell.repeat == repeat:
                record = study.store.refresh().get(run.key)
                done = record is not None and record.status == "done"
                return run.key, record.params if done and record is not None else None
    return "", None
