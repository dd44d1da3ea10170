"""The program `bocage`."""

import os
import sys

import typer

from bocage.cli._compare import compare
from bocage.cli._report import report
from bocage.cli._show import show
from bocage.cli._split import split
from bocage.core import BocageError

app = typer.Typer(
    help="Do public geospatial embeddings replace local fine-tuning, here, with these labels?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Plain help: drawing it in boxes would double the time that `bocage --help` takes.
    rich_markup_mode=None,
)
study = typer.Typer(help="Look at a study.", no_args_is_help=True, rich_markup_mode=None)
app.command()(compare)
app.command()(report)
app.command()(split)
study.command()(show)
app.add_typer(study, name="study")


@app.callback()
def _root() -> None:
    """Compare methods under one label budget and one spatial split."""


def main() -> None:
    """Run the program; a user's mistake is one line and exit code 2, without a traceback."""
    try:
        app()
    except BocageError as error:
        print(f"bocage: {error}", file=sys.stderr)  # noqa: T201 - a plain line, whatever the terminal
        raise SystemExit(2) from None
    except BrokenPipeError:
        # The reader went away (`| head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
