"""Settings: read, checked, written, read again."""

import sys

import pytest

from bocage.core import BocageError, SettingsError, StoreError
from bocage.study import make_settings, open_study, prepare, read_settings


def test_what_is_written_is_read_back(settings, tmp_path):
    made = settings(prevalence={"crop": 0.5, "tree": 0.3, "water": 0.2}, margin=0.05)
    path = tmp_path / "study.yaml"
    path.write_text(made.to_yaml())
    assert read_settings(path) == made


def test_a_study_is_opened_with_the_settings_it_was_made_with(finished):
    again = open_study(finished.folder)
    assert again.settings == finished.settings
    assert again.split.key == finished.split.key
    assert again.plan == finished.plan


@pytest.mark.parametrize(
    ("key", "near"),
    [("budget", "budgets"), ("targets", "target"), ("Leave", "leave"), ("method", "methods")],
)
def test_an_unknown_key_names_the_nearest_known_one(tmp_path, key, near):
    path = tmp_path / "study.yaml"
    path.write_text(f"task: landscape\n{key}: x\n")
    with pytest.raises(SettingsError, match=f"unknown key '{key}'.*{near!r}"):
        read_settings(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- landscape\n", "list"),
        ("", "holds nothing"),
        ("task: landscape\nseed: 1\nseed: 2\n", "the key 'seed' occurs twice"),
        ("task: [unclosed", "YAML"),
        ("task: landscape\ntrials: many\n", "trials in .*: found 'many', expected a whole number$"),
        ("task: landscape\nmargin: -1\n", "margin in .*: found -1, expected a number above 0$"),
        ("task: landscape\nwhere: nowhere\n", "found 'nowhere', expected out, local or both$"),
        ("task: landscape\nbudgets: []\n", r"found \[\], expected a list of 1 or more$"),
        ("target: crop\n", "task is missing in .*; expected a line such as 'task: landscape'$"),
        ("task: landscape\nat: 2020-99-99\n", "YAML .a value does not fit"),
        ("task: landscape\nseed: !!int many\n", "YAML .a value does not fit"),
        ("task: landscape\nmargin: !!bool perhaps\n", "YAML .a value does not fit"),
        ("task: !!timestamp landscape\n", "YAML .a value does not fit"),
        (f"task: {'[' * 5000}\n", "YAML .nested too deeply"),
    ],
)
def test_what_can_not_be_used_is_one_line(tmp_path, text, words):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=words) as caught:
        read_settings(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "task: !!python/object/apply:os.system ['touch {made}']\n",
        "task: landscape\nname: !!python/object/new:os.system ['touch {made}']\n",
        "task: landscape\n!!python/object/apply:os.system ['touch {made}']: 1\n",
        "task: landscape\nname: !!python/name:os.system\n",
        "task: landscape\nname: !!python/module:this\n",
    ],
)
def test_a_python_tag_is_refused_and_executes_nothing(tmp_path, text):
    made = tmp_path / "made"
    (tmp_path / "study.yaml").write_text(text.format(made=made))
    with pytest.raises(BocageError, match="can't be read as YAML") as caught:
        read_settings(tmp_path / "study.yaml")
    assert "\n" not in str(caught.value)
    with pytest.raises(BocageError):
        open_study(tmp_path)
    assert not made.exists()
    assert "this" not in sys.modules


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"methods": ["good:logstic"]}, "logistic"),
        ({"methods": ["bad:logistic"]}, "no input 'bad'"),
        ({"methods": ["good:ridge"]}, "can't do classification"),
        ({"budgets": ["few"]}, "'few' can't be used"),
        ({"budgets": ["0"]}, "'0' can't be used; expected a whole number of at least 1"),
        ({"at": "7"}, "7"),
        ({"leave": "regoin"}, "region"),
        ({"prevalence": {"crop": 1.0}}, "prevalence"),
        ({"prevalence": {"crop": -1.0, "tree": 1, "water": 1}}, "prevalence"),
        ({"metric": "balanced_acuracy"}, "balanced_accuracy"),
        ({"metric": "f1:maize"}, "class 'maize' is unknown"),
        ({"leave": "blocks", "where": "out"}, "leave out a group"),
        ({"margin": 2.0}, "--margin 2 calls a perfect method and a useless one alike"),
        (
            {"target": "lat", "kind": "regression", "metric": "mae", "methods": ["good:ridge"]},
            "no margin fits every task",
        ),
    ],
)
def test_settings_that_do_not_fit_the_task_are_refused_before_anything_runs(
    settings, tmp_path, change, words
):
    with pytest.raises(BocageError, match=words) as caught:
        prepare(settings(**change), tmp_path / "study")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "study").exists()


def test_a_folder_without_a_study_says_what_to_do(tmp_path):
    with pytest.raises(StoreError, match="no study in"):
        open_study(tmp_path)


def test_one_name_for_one_method():
    made = make_settings({"task": "landscape", "methods": ["aef:logistic", "aef:logistic"]})
    assert made.methods == ["aef:logistic", "aef:logistic"]


def test_what_is_merged_in_may_be_overridden(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("task: a.csv\ninputs: &more {s2: 'B*'}\nprevalence: &shares {water: 0.5}\n")
    assert read_settings(path).inputs == {"s2": "B*"}
    path.write_text("task: landscape\nprevalence:\n  <<: {water: 0.5, trees: 0.2}\n  water: 0.1\n")
    assert read_settings(path).prevalence == {"water": 0.1, "trees": 0.2}
