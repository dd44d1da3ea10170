"""Pages that are made from the code say all that the code has."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pandas as pd
import pytest
import yaml
from tests.data.chips import make_chip_task
from tests.data.scripts import load_script
from tests.data.studies import make_study
from typer.testing import CliRunner

import bocage
from bocage.cli._app import app
from bocage.cli._exit_codes import EXIT_CODES
from bocage.core import Workers
from bocage.splits import SplitSettings
from bocage.study import Protocol, StudySettings, make_settings
from bocage.study._score_table import COLUMNS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def test_every_setting_has_an_entry_with_its_option():
    page = load_script("settings_page", "docs/_site").page()
    entries = dict(
        re.findall(r"^### `(\w+)`\n(.*?)(?=^##)", page + "\n##", re.MULTILINE | re.DOTALL)
    )
    assert list(entries) == list(dict.fromkeys(entries))
    assert set(entries) == set(StudySettings.model_fields)
    for name, field in StudySettings.model_fields.items():
        assert field.description in entries[name]
    assert "Option: `--leave " in entries["leave"]
    assert "Default: `0`" in entries["seed"]
    assert "In files and in Python only" in entries["sensitivity"]


def test_examples_of_settings_are_settings():
    page = load_script("settings_page", "docs/_site").page()
    lines = [line for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) for line in
             block.splitlines()]  # fmt: skip
    assert len(lines) > 20
    for line in lines:
        assert make_settings({"task": "landscape", **yaml.safe_load(line)})


def test_every_command_and_option_is_listed():
    script = load_script("commands_page", "docs/_site")
    page = script.page()
    parts = re.split(r"^## ", page, flags=re.MULTILINE)
    sections = {part.partition("\n")[0]: part for part in parts}
    for name, command in script.commands():
        for param in command.params:
            if param.name != "help" and not getattr(param, "hidden", False):
                shown = [one for one in param.opts if one.startswith("--")] or [""]
                assert shown[0] in sections[name], f"{name} {shown[0]}"
    assert all(f"| {code} |" in sections["Exit codes"] for code in EXIT_CODES)


def test_every_room_that_offers_something_has_a_page_and_a_line_for_contributors():
    pages = load_script("python_pages", "docs/_site").pages()
    rooms = [one.name for one in iter_modules(bocage.__path__) if one.ispkg]
    assert len(rooms) > 10
    line = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in rooms if f"[{name}](src/bocage/{name}) |" not in line] == []
    entries = "\n".join(pages.values())
    for room in rooms:
        if room == "cli":
            continue
        for name in import_module(f"bocage.{room}").__all__:
            assert re.search(rf"\.{name}$|``{name}``", entries, re.MULTILINE), f"{room}.{name}"


@pytest.fixture(scope="module")
def studies(tmp_path_factory, toy, toy_regression):
    """A finished study of each kind of target."""
    made = {}
    for name, task, methods in (
        ("classes", toy, ("prior", "good:logistic:C=1")),
        ("numbers", toy_regression, ("prior", "good:ridge:alpha=1")),
        ("chips", make_chip_task(), ("prior", "s2:logistic:C=1")),
    ):
        folder = tmp_path_factory.mktemp(name)
        settings = SplitSettings(leave=task.leave)
        study = make_study(folder, task, methods, ["all"], settings, Protocol(trials=1))
        study.run(Workers(1))
        made[name] = study
    return made


def test_columns_and_scores_of_the_table_are_described(studies):
    script = load_script("scores_page", "docs/_site")
    page = script.page()
    for study in studies.values():
        table = pd.read_parquet(study.folder / "scores.parquet")
        assert list(table.columns) == list(COLUMNS)
        assert {script.family(name) for name in table["metric"]} <= set(script.SCORES)
    assert all(f"| `{name}` |" in page for name in (*COLUMNS, *script.SCORES))


def test_scores_that_the_page_describes_occur(studies):
    script = load_script("scores_page", "docs/_site")
    tables = [pd.read_parquet(s.folder / "scores.parquet") for s in studies.values()]
    found = {script.family(name) for table in tables for name in table["metric"]}
    only_with_parcels = {name for name in script.SCORES if name.startswith("parcel_")}
    assert set(script.SCORES) - only_with_parcels == found


def test_code_on_the_page_of_scores_runs(studies, monkeypatch, tmp_path):
    page = load_script("scores_page", "docs/_site").page()
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "crops").symlink_to(studies["classes"].folder)
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    given = {}
    exec(code, given)  # noqa: S102 - our own
    assert given["means"]["good:logistic:C=1", "all"] > 0.5


@pytest.mark.slow
def test_every_file_of_a_study_is_described(tmp_path):
    folder = tmp_path / "studies" / "landscape"
    few = ["--methods", "prior,aef:logistic:C=1", "--quick", "--map", "-j", "1"]
    for command in (["compare", "landscape", *few], ["split", "landscape"]):
        made = CliRunner().invoke(app, [*command, "-o", str(folder)])
        assert made.exit_code == 0, made.output
    page = (DOCS / "study-folder.md").read_text(encoding="utf-8")
    shown = re.findall(r"`([\w/.]+)`", page)
    named = {
        re.sub(r"[0-9a-f]{32}", "KEY", str(path.relative_to(folder)))
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert len(named) >= 9
    assert named <= set(shown)


def test_every_page_is_in_the_contents():
    index = (DOCS / "_site" / "index.md").read_text(encoding="utf-8")
    pages = [path.stem for path in DOCS.glob("*.md")]
    assert [name for name in pages if f"\n{name}\n" not in index] == []


def test_the_citation_is_of_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == bocage.__version__
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
