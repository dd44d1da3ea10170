"""The help of every command: options under headings, examples that are run, names that agree."""

import re
import shlex

import pytest
import typer

from bocage.cli import _examples, _help
from bocage.cli._app import app
from bocage.cli._options import option_of
from bocage.study import StudySettings
from bocage.study._same_study import IN_FILES_ONLY

ROOT = typer.main.get_command(app)
VERBS = {name: one for name, one in ROOT.commands.items() if name != "study"}
VERBS |= {f"study {name}": one for name, one in ROOT.commands["study"].commands.items()}
OPTIONS = [
    (verb, param)
    for verb, command in VERBS.items()
    for param in command.params
    if param.param_type_name == "option" and not param.hidden
]
MEANT_OTHERWISE = {
    "--output": "a folder, a file, a table: what is written",
    "--workers": "threads of a map, processes of the others",
    "--where": "an explanation has no place with labels of both kinds",
    "--colours": "an export has them in its script, a map in its files",
    "--margin": "an explanation is of two scores only",
    "--area": "a map takes polygons alone",
    "--nodata": "of a raster it is a number, of a table also a word",
    "--seed": "of a study, and of a draw of pixels",
}
"""Options that say other things of other commands, each with the reason."""


def _long(param):
    return max(param.opts, key=len)


def _helped(bocage, verb, columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, err = bocage(*verb.split(), "--help")
    assert (code, err) == (0, "")
    return out


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("verb", VERBS)
def test_help_fits_the_terminal(bocage, verb, columns, monkeypatch):
    out = _helped(bocage, verb, columns, monkeypatch)
    before, _, shown = out.partition("\nExamples:\n")
    # An example is one command, which a break would spoil; those that are long have their own.
    assert max(map(len, before.splitlines())) <= columns
    assert max(map(len, shown.splitlines())) <= 80
    assert f"Usage: bocage {verb} [OPTIONS]" in before
    assert "..." not in before.partition("Options:")[0].partition("Usage")[0]


def test_compare_has_its_headings_in_order(bocage, monkeypatch):
    out = _helped(bocage, "compare", 80, monkeypatch)
    found = re.findall(r"^(\w.*):$", out, re.MULTILINE)
    assert found == [
        *("Arguments", "Data", "Split", "Budget", "Methods", "Networks", "Verdict"),
        *("Execution and output", "Examples"),
    ]
    # All options of one command begin their help in one column.
    lines = out.partition("\nExamples")[0].splitlines()
    starts = {len(m[0]) for line in lines if (m := re.match(r"  -\S+(?: \S+)?  +(?=\S)", line))}
    assert len(starts) == 1


def test_many_options_have_headings_and_few_have_none(bocage, monkeypatch):
    for verb, command in VERBS.items():
        out = _helped(bocage, verb, 80, monkeypatch)
        shown = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
        headed = len(re.findall(r"^(?!Arg|Exa)\w.*:$", out, re.MULTILINE))
        assert (headed > 1) == (len(shown) + 1 > _help.FEW), verb
        assert out.rstrip().count("\nExamples:\n") == 1


def test_first_sentences_of_commands_are_not_cut_in_the_list(bocage, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    out = bocage("--help")[1]
    named = out.partition("Studies:")[2]
    assert all(f"\n  {name} " in named for name in ROOT.commands)
    assert "..." not in named


@pytest.mark.parametrize("param", [p for _, p in OPTIONS], ids=lambda param: param.name)
def test_an_option_is_named_and_explained_as_all_are(param):
    name = _long(param)
    assert re.fullmatch(r"--[a-z]+(-[a-z]+)*", name)
    assert param.help
    assert param.help[0].isupper()
    assert param.help.endswith(".")
    if not param.is_flag:
        assert param.metavar


def test_one_option_has_one_name_form_and_help_in_all_commands():
    seen = {}
    for verb, param in OPTIONS:
        said = (tuple(sorted(param.opts)), param.metavar, param.help, param.multiple)
        seen.setdefault(_long(param), {}).setdefault(said, []).append(verb)
    several = {name for name, forms in seen.items() if len(forms) > 1}
    assert several == MEANT_OTHERWISE.keys() & several
    for name in several:
        # Of these the names agree all the same.
        assert len({said[0] for said in seen[name]}) == 1


def _first(text):
    return re.split(r"(?<=[^.]\.) ", text)[0]


def test_settings_and_options_have_one_name_and_first_sentence():
    options = {_long(param): param for param in VERBS["compare"].params}
    for name, field in StudySettings.model_fields.items():
        assert field.description.endswith("."), name
        if name in {"task", "chosen"} or name in IN_FILES_ONLY:
            continue
        param = options[option_of(name)]
        # Where a unit stands in place of the value, the help need not name it.
        told = field.description.replace(", in metres.", ".")
        assert _first(param.help) == told, name
        assert option_of(name).removeprefix("--").replace("-", "_") in (name, name.rstrip("s"))


def test_former_names_of_options_are_read_and_not_shown(bocage, monkeypatch):
    former = ["--unit", "label", "--names=maize=corn", "--steps"]
    former += ["--buffer", "30"]
    given = VERBS["compare"].make_context("compare", ["x.csv", *former]).params
    assert given["budget_unit"] == "label"
    assert given["class_names"] == ["maize=corn"]
    assert given["undated"]
    assert given["buffer_metres"] == 30
    # What follows two dashes is no option.
    last = VERBS["compare"].make_context("compare", ["x.csv", "--", "--names"]).params
    assert last["sources"] == ["x.csv", "--names"]
    out = _helped(bocage, "compare", 80, monkeypatch)
    assert not re.search(rf"(?:{'|'.join(map(re.escape, _help.FORMER))})(?![\w-])", out)
    # A map's method is no former name.
    assert "--method METHOD" in _helped(bocage, "map", 80, monkeypatch)


def test_former_keys_of_settings_are_read(bocage, tmp_path):
    (tmp_path / "own.yaml").write_text("task: landscape-chips\nunit: pixels\nsteps: 3\n")
    code, _, err = bocage("compare", "own.yaml")
    assert code == 2
    assert "budget_unit in own.yaml can't be used: found 'pixels'" in err
    assert "did you mean 'pixel'?" in err


def test_a_list_may_be_given_in_parts(bocage, frame, tmp_path):
    frame.to_csv(tmp_path / "labels.csv", index=False)
    ask = ["--target", "crop", "--leave", "district", "--methods", "prior"]
    more = ["--more-methods", "aef:knn1,aef:forest:max_depth=3,n_estimators=9"]
    code, _, err = bocage(
        "compare", "labels.csv", *ask, *more, "--more-methods", "aef:ridge", "--dry-run", "-j", "1"
    )
    assert code == 2
    assert "method 'aef:ridge' can't do classification" in err
    named = bocage("compare", "labels.csv", *ask, *more, "--dry-run", "-j", "1")[2]
    assert "3 methods" in named


@pytest.mark.parametrize("name", [n for n, v in vars(_examples).items() if n.isupper()])
def test_examples_parse(name):
    text = getattr(_examples, name).replace("\\\n", " ")
    for command in re.findall(r"^bocage .*", text, re.MULTILINE):
        words = shlex.split(command.partition(" > ")[0])[1:]
        group = ROOT.commands["study"] if words[0] == "study" else ROOT
        words = words[1:] if words[0] == "study" else words
        context = group.commands[words[0]].make_context(words[0], list(words[1:]))
        context.close()


def test_every_command_has_an_example():
    for verb, command in VERBS.items():
        assert f"bocage {verb} " in command.epilog
