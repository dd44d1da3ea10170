"""What a shell offers: names, values and studies, soon and from nothing heavy."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.data.plugins import write_package

from bocage.cli import _complete
from bocage.datasets import named_tasks
from bocage.dimensions import IMPORTANCES, TREES
from bocage.mapping import _layers
from bocage.methods import BACKBONES, HEADS, STRATEGIES
from bocage.methods.chips import NETS
from bocage.metrics import _metric
from bocage.sources import STATISTICS

HEAVY = {"numpy", "pandas", "sklearn", "torch", "rasterio", "geopandas", "scipy"}
BASH = shutil.which("bash")
RUN = "from bocage.cli import main; main()"


def _offered(words, cwd, shell="bash", code=RUN):
    """Ask as typer's script for bash does: one word a line."""
    asked = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    if shell != "bash":
        asked = {"_TYPER_COMPLETE_ARGS": " ".join(words), "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | asked | {"_BOCAGE_COMPLETE": f"complete_{shell}"},
        cwd=cwd, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split("\n")


@pytest.mark.parametrize(
    ("words", "some", "none"),
    [
        (["comp"], ["compare"], ["map"]),
        (["study", "s"], ["show", "schema"], ["compare"]),
        (["compare", "x.csv", "--budg"], ["--budgets", "--budget-unit"], ["--names"]),
        (["compare", "four"], ["four-regions", "four-regions-clean", "four.csv"], ["landscape"]),
        # As bash cuts them: at each colon and equals sign.
        (["compare", "x", "--methods", "prior,aef", ":", "log"], ["logistic"], ["aef:logistic"]),
        (["compare", "x", "--methods", "s2", ":", "presto", ":"], ["lora", "full"], ["s2:presto"]),
        (["compare", "x", "--where", "=", "lo"], ["local"], ["out"]),
        (["map", "studies/x", "--layers", "confidence,d"], ["confidence,density"], ["density"]),
        (["open", "st"], ["studies/one"], ["studies/none"]),
    ],
)
def test_bash_is_offered(words, some, none, tmp_path):
    (tmp_path / "four.csv").touch()
    for name in ("one", "none"):
        (tmp_path / "studies" / name).mkdir(parents=True)
    (tmp_path / "studies" / "one" / "study.yaml").touch()
    offered = _offered(["bocage", *words], tmp_path)
    assert set(some) <= set(offered)
    assert not set(none) & set(offered)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_offered_whole_words(shell, tmp_path):
    words = ["bocage", "compare", "x", "--input", "soil='ph'", "--methods", "soil:log"]
    offered = "\n".join(_offered(words, tmp_path, shell))
    # zsh is given colons with a mark before them.
    assert "soil:logistic" in offered.replace("\\\\", "")
    assert "aef" not in offered


def test_what_completion_needs_is_light(tmp_path):
    code = f"import sys\ntry: exec({RUN!r})\nfinally: print(*sys.modules, file=sys.stdout)"
    for words in (["comp"], ["compare", "four"], ["compare", "x", "--methods", "aef", ":", "l"]):
        loaded = {n.partition(".")[0] for n in " ".join(_offered(["bocage", *words], tmp_path,
                  code=code)).split()}  # fmt: skip
        assert "typer" in loaded
        assert not loaded & HEAVY


def test_heads_of_other_packages_are_offered(tmp_path, monkeypatch):
    site = write_package(tmp_path / "site", "bocage.heads", "mine", "raise RuntimeError")
    before = [path for path in [os.environ.get("PYTHONPATH", "")] if path]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), *before]))
    assert "mine" in _offered(["bocage", "compare", "x", "--methods", "aef", ":", "mi"], Path.cwd())


def test_names_are_those_of_the_product():
    assert set(_complete.TASKS) == set(named_tasks())
    assert set(_complete.MODELS) == set(HEADS)
    assert set(_complete.FLOORS) == {n for n, model in HEADS.items() if not model.needs_input}
    assert set(_complete.PRETRAINED) == set(BACKBONES)
    assert set(_complete.FROM_SCRATCH) == set(NETS)
    assert set(_complete.STRATEGIES) == set(STRATEGIES)
    assert set(_complete.METRICS) == set(_metric._ALL)
    assert _complete.STATISTICS == STATISTICS
    assert set(_complete.LAYERS) == {*_layers.LAYERS, "none"}
    assert _complete.TREES == TREES
    assert _complete.IMPORTANCES == IMPORTANCES


def test_scripts_for_shells_name_the_program():
    for shell in ("bash", "zsh", "fish"):
        done = subprocess.run(
            [sys.executable, "-c", RUN],
            env=os.environ | {"_BOCAGE_COMPLETE": f"source_{shell}"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert f"_BOCAGE_COMPLETE=complete_{shell}" in done.stdout
        assert "bocage" in done.stdout


@pytest.mark.skipif(BASH is None, reason="bash is not installed")
def test_a_tab_in_bash_completes_what_is_typed(tmp_path):
    program = tmp_path / "bocage"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{RUN}" "$@"\n')
    program.chmod(0o755)
    begin = 'eval "$(_BOCAGE_COMPLETE=source_bash bocage)"; PS1="> "; echo be"gun"\n'
    pid, terminal = pty.fork()
    if not pid:
        path = f"{tmp_path}:{os.environ['PATH']}"
        asked = {"PATH": path, "TERM": "dumb", "INPUTRC": "/dev/null"}
        os.execve(BASH, [BASH, "--norc", "--noprofile", "-i"], os.environ | asked)  # noqa: S606
    try:
        _typed(terminal, begin, "begun")
        _typed(terminal, "bocage comp\t", "bocage compare ")
        _typed(terminal, "x --methods prior,aef:log\t", "prior,aef:logistic ")
    finally:
        os.write(terminal, b"\x03\x04")
        os.close(terminal)
        os.waitpid(pid, 0)


def _typed(terminal, text, expected):
    """Type, and wait until the terminal shows what is expected."""
    os.write(terminal, text.encode())
    shown, end = "", time.monotonic() + 60
    while expected not in shown.replace("\r\n", ""):
        assert time.monotonic() < end, shown
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
