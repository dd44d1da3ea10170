"""What a shell offers when a command is half typed: nothing heavy is imported for it."""

import os
import shlex
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any, Final

from bocage.core import plugins

COMPLETING: Final = "_BOCAGE_COMPLETE"
"""Variable that the shell's completion sets."""

# Names that heavy modules hold, written again: a test compares them.
TASKS: Final = (
    *("algae-blooms", "flood-spain", "four-regions", "four-regions-clean", "fuel-moisture"),
    *("hls-burn-scars", "landscape", "landscape-chips", "mato-grosso"),
)
MODELS: Final = (
    *("bands", "centroid", "forest", "knn1", "knn3", "lightgbm", "logistic", "mlp", "prior"),
    *("ridge", "xgboost"),
)
FLOORS: Final = ("prior",)
PRETRAINED: Final = (
    *("clay", "dofa-base", "dofa-large", "dofa-small", "galileo", "presto", "prithvi-100"),
    *("prithvi-300", "prithvi-300-tl", "prithvi-600", "prithvi-600-tl", "prithvi-tiny"),
    *("prithvi-v1-100", "satlas-base", "satlas-tiny", "terramind-base", "terramind-large"),
    *("terramind-small", "terramind-tiny"),
)
FROM_SCRATCH: Final = ("conv1x1", "segformer", "shallow-unet", "unet")
STRATEGIES: Final = ("adapter", "decoder", "full", "linear", "lora", "scratch")
METRICS: Final = (
    *("accuracy", "balanced_accuracy", "f1", "iou", "macro_f1", "mae", "miou", "precision", "r2"),
    *("recall", "rmse"),
)
STATISTICS: Final = ("mean", "std", "min", "max")
LAYERS: Final = ("confidence", "probability", "applicability", "density", "error", "none")
TREES: Final = ("forest", "boosting", "xgboost", "lightgbm")
IMPORTANCES: Final = ("impurity", "permutation", "shap")

USUAL_INPUTS: Final = ("aef", "s2", "s1", "xy")
"""Inputs that are offered beside those that were typed."""

_before = ""
"""What the shell has cut off the word that is typed, as bash does at each colon."""


def listed_words(*known: str) -> Callable[[str], list[str]]:
    """Make a completion of words that are separated by commas."""

    def complete(incomplete: str) -> list[str]:
        done = incomplete[: incomplete.rfind(",") + 1]
        return [done + word for word in known]

    return complete


def complete_metrics() -> list[str]:
    """Offer the scores that methods can be compared by."""
    return list(METRICS)


def complete_methods(ctx: Any, incomplete: str) -> list[str]:
    """Offer what may follow in a list of methods: an input, a model, a strategy."""
    typed = _before + incomplete
    done = typed[: typed.rfind(",") + 1]
    parts = typed[len(done) :].split(":")
    start = done + "".join(f"{part}:" for part in parts[:-1])
    if len(parts) == 1:
        given = (ctx.params.get("inputs") or []) + (ctx.params.get("series") or [])
        names = [text.partition("=")[0] for text in given] or USUAL_INPUTS
        words: Iterable[str] = (*(f"{name}:" for name in names), *FLOORS)
    elif len(parts) == 2:  # noqa: PLR2004 - input:model
        # Names alone: nothing of another package is imported.
        heads = (*(name for name in MODELS if name not in FLOORS), *plugins("bocage.heads"))
        nets = (*PRETRAINED, *plugins("bocage.backbones"), *FROM_SCRATCH)
        words = (*heads, *(f"{name}:" for name in nets))
    else:
        words = ("scratch",) if parts[1] in FROM_SCRATCH else STRATEGIES
    return [(start + word).removeprefix(_before) for word in words]


def complete_sources(incomplete: str) -> list[str]:
    """Offer named tasks, and the files and folders here whose names begin so."""
    from bocage.core import plugins

    names = (*TASKS, *plugins("bocage.tasks"))
    return [*(name for name in names if incomplete), *_paths(incomplete)]


def complete_studies(incomplete: str) -> list[str]:
    """Offer folders that hold a study, or a folder on the way to one."""
    below = Path(incomplete).parent if not incomplete.endswith("/") else Path(incomplete)
    files = [*below.glob("*/study.yaml"), *below.glob("*/*/study.yaml")]
    found = {str(file.parent) for file in files}
    return [*sorted(found)] or [path for path in _paths(incomplete) if path.endswith("/")]


def join_words_of_bash(environ: MutableMapping[str, str]) -> None:
    """Put together the words that bash has cut at colons and equals signs.

    Bash replaces what follows the last of these; methods are written with colons.
    """
    global _before  # noqa: PLW0603 - what was cut off, for the completion that follows
    _before = ""
    text = environ.get("COMP_WORDS", "")
    words = text.split("\n") if "\n" in text else shlex.split(text)
    cursor = min(int(environ.get("COMP_CWORD", "0")), len(words))
    before, current = words[:cursor], words[cursor] if cursor < len(words) else ""
    if current in (":", "="):
        before, current = [*before, current], ""
    joined: list[str] = []
    for word in before:
        last = joined[-1] if joined else ""
        if last and (word == ":" or (last.endswith(":") and len(last) > 1)):
            joined[-1] += word
        elif word != "=" or not last.startswith("--"):
            joined.append(word)
    if joined and joined[-1].endswith(":"):
        _before = joined.pop()
    environ["COMP_WORDS"] = "\n".join(map(shlex.quote, [*joined, *([current] if current else [])]))
    environ["COMP_CWORD"] = str(len(joined))


def _paths(incomplete: str) -> list[str]:
    folder, _, start = incomplete.rpartition("/")
    prefix = f"{folder}/" if "/" in incomplete else ""
    try:
        items = sorted(os.scandir(prefix or "."), key=lambda item: item.name)
        return [
            f"{prefix}{item.name}{'/' if item.is_dir() else ''}"
            for item in items
            if item.name.startswith(start) and not (item.name.startswith(".") and not start)
        ]
    except OSError:
        return []
