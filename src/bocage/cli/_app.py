"""The program `bocage`."""

import os
import sys
import warnings
from typing import Annotated, Any, NoReturn

import typer

from bocage.cli import _examples as examples
from bocage.cli._compare import compare
from bocage.cli._complete import COMPLETING, join_words_of_bash
from bocage.cli._demo import demo
from bocage.cli._exit_codes import DONE, READER_GONE, REFUSED, STOPPED
from bocage.cli._explain import explain
from bocage.cli._export import export
from bocage.cli._fit import fit
from bocage.cli._help import LOOKING, RASTERS, STUDIES, WIDEST, Command, Group
from bocage.cli._map import make
from bocage.cli._open import open_page
from bocage.cli._report import report
from bocage.cli._sample import sample
from bocage.cli._schema import schema
from bocage.cli._show import show
from bocage.cli._split import split
from bocage.cli._stopping import is_stopping, listening, say, say_stopped
from bocage.cli._terratorch import terratorch
from bocage.core import BocageError, did_you_mean

WIDE = {"max_content_width": WIDEST}

app = typer.Typer(
    help="Do public geospatial embeddings replace local fine-tuning, here, with these labels? "
    "Bocage compares methods under the same label budgets and the same spatial split, and makes "
    "maps with the one to choose.",
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: drawing it in boxes would double the time that `bocage --help` takes, and leave
    # little room for words on a terminal of 80 columns.
    rich_markup_mode=None,
    context_settings=WIDE,
)
study = typer.Typer(
    cls=Group,
    help="Show the state of a study, and what its settings may be.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=WIDE,
)
for verb, name, heading, shown in (
    (compare, "compare", STUDIES, examples.COMPARE),
    (split, "split", STUDIES, examples.SPLIT),
    (report, "report", STUDIES, examples.REPORT),
    (open_page, "open", STUDIES, examples.OPEN),
    (demo, "demo", STUDIES, examples.DEMO),
    (sample, "sample", RASTERS, examples.SAMPLE),
    (fit, "fit", RASTERS, examples.FIT),
    (make, "map", RASTERS, examples.MAP),
    (export, "export", RASTERS, examples.EXPORT),
    (explain, "explain", LOOKING, examples.EXPLAIN),
    (terratorch, "terratorch", LOOKING, examples.TERRATORCH),
):
    app.command(name, cls=Command, rich_help_panel=heading, epilog=shown, context_settings=WIDE)(
        verb
    )
study.command("show", cls=Command, epilog=examples.SHOW, context_settings=WIDE)(show)
study.command("schema", cls=Command, epilog=examples.SCHEMA, context_settings=WIDE)(schema)
app.add_typer(study, name="study", rich_help_panel=STUDIES)


def _version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"bocage {version('bocage')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            # By position: typer hands over the value so.
            callback=lambda asked: _version(asked=asked),
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Compare methods for maps under the same label budgets and the same spatial split."""


# Some releases of typer bring their own click: the one to catch is the one that typer raises.
_USAGE: tuple[type[BaseException], ...] = tuple(
    base for base in typer.BadParameter.__mro__ if base.__name__ == "UsageError"
)


def main() -> None:
    """Run the program; a user's mistake is one line and exit code 2, without a traceback."""
    _quieten_libraries()
    if os.environ.get(COMPLETING) == "complete_bash":
        join_words_of_bash(os.environ)
    with listening():
        _run()


def _run() -> None:
    try:
        code = app(prog_name="bocage", standalone_mode=False)
    except BocageError as error:
        _stop(str(error))
    except _USAGE as error:
        _stop_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        say_stopped()
        raise SystemExit(STOPPED) from None
    except BrokenPipeError:
        # The reader went away (`| head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(READER_GONE) from None
    except OSError as error:
        if is_stopping():
            say_stopped()
            raise SystemExit(STOPPED) from None
        if not error.filename:
            raise
        _stop(
            f"can't use {os.fsdecode(error.filename)!r} ({error.strerror}); expected a file or "
            "folder that can be read and written: check its name and its rights"
        )
    if code == STOPPED:
        # Typer makes an exit code of a stop that nobody below has caught, and says nothing.
        say_stopped()
    raise SystemExit(code if isinstance(code, int) else DONE)


def _quieten_libraries() -> None:
    """Keep from the terminal what libraries tell programmers, here and in workers.

    What matters of it to a user is said in notes. Who asks Python for warnings (``-W``,
    ``PYTHONWARNINGS``) gets them.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        os.environ["PYTHONWARNINGS"] = "ignore"
    # GDAL prints itself what it says where nobody listens, as in its own threads.
    os.environ.setdefault("CPL_LOG", os.devnull)


def _stop(text: str) -> NoReturn:
    say(text)
    raise SystemExit(REFUSED) from None


def _stop_usage(error: Any) -> NoReturn:
    context = error.ctx
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        raise SystemExit(REFUSED) from None
    said = " ".join(error.format_message().split())
    if hasattr(error, "option_name") and hasattr(error, "possibilities"):
        # By the one rule by which all that is mistyped is compared.
        known = [name for param in context.command.params for name in param.opts]
        said = f"no such option {error.option_name}{did_you_mean(error.option_name, known)}"
    end = "" if said.endswith((".", "?", "!")) else "."
    _stop(f"{said}{end} See '{context.command_path if context else 'bocage'} --help'")
