"""Options of `bocage compare` alone: budgets, methods, networks and the verdict."""

from typing import Annotated

import typer

from bocage.cli._complete import complete_methods, complete_metrics, listed_words
from bocage.cli._help import BUDGET, EXECUTION, METHODS, NETWORKS, VERDICT

Budgets = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Label budgets to compare: largest numbers of training labels (per class, if the "
        "target is a class), percentages, or all. Examples: 5,10,20,50,all and 1%,10%.",
        rich_help_panel=BUDGET,
    ),
]
UNITS = ("class", "label", "fraction", "parcel", "event", "chip", "pixel")
BudgetUnit = Annotated[
    str | None,
    typer.Option(
        metavar="UNIT",
        help=f"What budgets count: {', '.join(UNITS[:-1])} or {UNITS[-1]}.",
        rich_help_panel=BUDGET,
        autocompletion=lambda: list(UNITS),
    ),
]
Exact = Annotated[
    bool | None,
    typer.Option(
        "--exact",
        help="Leave budgets blank that cannot be drawn in full; otherwise as many labels are "
        "drawn as there are.",
        rich_help_panel=BUDGET,
    ),
]
Repeats = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Random draws of each budget; more for small budgets if not given.",
        rich_help_panel=BUDGET,
    ),
]
Methods = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Methods to compare, in place of the default ones. Example: "
        "prior,aef:logistic,aef+s1:forest.",
        rich_help_panel=METHODS,
        autocompletion=complete_methods,
    ),
]
MoreMethods = Annotated[
    list[str] | None,
    typer.Option(
        "--more-methods",
        metavar="LIST",
        help="Methods to compare as well; hyperparameters may be fixed. Example: "
        "aef:logistic:C=10.",
        rich_help_panel=METHODS,
        autocompletion=complete_methods,
    ),
]
AllMethods = Annotated[
    bool | None,
    typer.Option(
        "--all-methods", help="Compare every available model (slow).", rich_help_panel=METHODS
    ),
]
Trials = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Hyperparameter settings that are tried for each method.",
        rich_help_panel=METHODS,
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Largest number of training epochs of a network.",
        rich_help_panel=NETWORKS,
    ),
]
Batches = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Batches up to which a network is trained for more epochs where labels are few.",
        rich_help_panel=NETWORKS,
    ),
]
Augment = Annotated[
    bool | None,
    typer.Option(
        "--augment/--no-augment",
        help="Rotate and mirror chips during training, which is the default.",
        rich_help_panel=NETWORKS,
    ),
]
Where = Annotated[
    str | None,
    typer.Option(
        metavar="out|local|both",
        help="Place that the verdict is for: new places without labels (out), the labelled places "
        "from their own labels (local), or those with labels from elsewhere as well (both).",
        rich_help_panel=VERDICT,
        autocompletion=lambda: ["out", "local", "both"],
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        metavar="BUDGET",
        help="Budget that the verdict is for, one of those compared.",
        rich_help_panel=VERDICT,
    ),
]
Margin = Annotated[
    float | None,
    typer.Option(
        metavar="SCORE", help="Loss of score that does not matter.", rich_help_panel=VERDICT
    ),
]
Cost = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="What makes a method cheap, the most important first. Example: labels,size,seconds.",
        rich_help_panel=VERDICT,
        autocompletion=listed_words("labels", "size", "seconds"),
    ),
]
Metric = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Score by which methods are compared. Examples: macro_f1, f1:water.",
        rich_help_panel=VERDICT,
        autocompletion=complete_metrics,
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="Column of groups by which scores are reported too, such as biome.",
        rich_help_panel=VERDICT,
    ),
]
ObjectHectares = Annotated[
    str | None,
    typer.Option(
        metavar="LIST",
        help="Limits between size classes of objects, in hectares. Example: 500,5000.",
        rich_help_panel=VERDICT,
    ),
]
Prevalence = Annotated[
    list[str] | None,
    typer.Option(
        "--prevalence",
        metavar="CLASS=SHARE",
        help="Share of a class on the ground. Example: water=0.1.",
        rich_help_panel=VERDICT,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Name of the study and its folder; that of the task if not given.",
        rich_help_panel=EXECUTION,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        metavar="N", help="Seed of the random draws and models.", rich_help_panel=EXECUTION
    ),
]
