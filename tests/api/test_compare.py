"""Studies are made from Python, and open from anywhere."""

import hashlib
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from tests.api.conftest import ASKED
from typer.testing import CliRunner

import bocage
from bocage.cli._app import app
from bocage.core import BocageError, DataError, Input, SettingsError, SplitError, StoreError
from bocage.datasets.landscape import write_landscape_tile


def answers(study: bocage.Comparison) -> pd.DataFrame:
    """Scores without what differs from run to run."""
    return study.scores.drop(columns=["task"], errors="ignore")


def test_a_study_says_what_the_command_line_says(study, table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table.to_csv("crops.csv", index=False)
    typed = ["compare", "crops.csv", "--target", "crop", "--leave", "region", "--input", "aef=A??"]
    typed += [
        "--budgets",
        "5",
        "--repeats",
        "1",
        "--methods",
        "prior,aef:knn3,aef:logistic",
        "-j",
        "1",
    ]
    made = CliRunner().invoke(app, [*typed, "-o", "typed"])
    assert made.exit_code == 0, made.output
    of_file = bocage.open_study("typed")
    pd.testing.assert_frame_equal(answers(of_file), answers(study))
    assert of_file.verdict.sentence == study.verdict.sentence


def test_the_same_call_again_repeats_no_run(study, table, monkeypatch):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a run was repeated")

    monkeypatch.setattr("bocage.study._engine.run_batch", never)
    again = bocage.compare(table, "crop", folder=study.folder, **ASKED)
    assert again.n_missing == 0
    pd.testing.assert_frame_equal(answers(again), answers(study))


def test_a_geodataframe_gives_the_same_scores(study, table, tmp_path):
    shapes = gpd.points_from_xy(table["lon"], table["lat"])
    shaped = gpd.GeoDataFrame(table.drop(columns=["lon", "lat"]), geometry=shapes, crs=4326)
    made = bocage.compare(shaped.to_crs(3857), "crop", folder=tmp_path / "s", run=False, **ASKED)
    assert made.study.split.groups == study.study.split.groups
    same = bocage.compare(shaped, "crop", folder=tmp_path / "s2", **ASKED)
    pd.testing.assert_frame_equal(answers(same), answers(study))


def test_arrays_make_a_study_too(table, tmp_path):
    bands = [name for name in table if name.startswith("A")]
    samples = bocage.Samples(
        name="crops",
        kind="classification",
        target=table["crop"].to_numpy(str),
        lonlat=table[["lon", "lat"]].to_numpy(),
        inputs={"aef": Input("aef", table[bands].to_numpy(), tuple(bands), scaling="keep")},
        groups={"region": table["region"].to_numpy(str)},
    )
    asked = {name: value for name, value in ASKED.items() if name != "inputs"}
    made = bocage.compare(bocage.build_task(samples), folder=tmp_path / "arrays", **asked)
    assert made.n_missing == 0
    assert bocage.open_study(tmp_path / "arrays").verdict.sentence == made.verdict.sentence


@pytest.fixture(params=["frame", "file"])
def moved(request, study, table, tmp_path) -> Path:
    """A study in another place than it was made in, without the labels that it was made from."""
    made = tmp_path / "one" / "crops"
    if request.param == "frame":
        shutil.copytree(study.folder, made)
    else:
        table.to_csv(tmp_path / "labels.csv", index=False)
        bocage.compare(tmp_path / "labels.csv", "crop", folder=made, **ASKED)
        (tmp_path / "labels.csv").unlink()
    there = tmp_path / "another machine" / "taken"
    there.parent.mkdir()
    made.rename(there)
    return there


def test_a_moved_study_opens_reports_fits_maps_and_goes_on(moved, study, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    opened = bocage.open_study(moved)
    assert opened.n_missing == 0
    pd.testing.assert_frame_equal(answers(opened), answers(study))
    assert opened.fit().classes == study.fit().classes
    run = CliRunner().invoke
    for typed in (["report", str(moved)], ["report", str(moved), "--json"]):
        made = run(app, typed)
        assert made.exit_code == 0, made.output
    write_landscape_tile(tmp_path / "aef.tif", side=32)
    mapped = run(app, ["map", str(moved), "--source", str(tmp_path / "aef.tif"), "-o", "map.tif"])
    assert mapped.exit_code == 0, mapped.output
    assert Path("map.tif").is_file()
    more = ["compare", str(moved / "study.yaml"), "--budgets", "5,10", "-j", "1"]
    made = run(app, more)
    assert made.exit_code == 0, made.output
    assert bocage.open_study(moved).n_missing == 0


def test_paths_in_a_study_are_relative_to_it(table, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    table.to_csv(tmp_path / "data" / "labels.csv", index=False)
    monkeypatch.chdir(tmp_path / "data")
    bocage.compare("labels.csv", "crop", folder="../studies/a", run=False, **ASKED).study.save()
    assert "task: ../../data/labels.csv" in (tmp_path / "studies/a/study.yaml").read_text()
    monkeypatch.chdir("/")
    opened = bocage.open_study(tmp_path / "studies" / "a")
    assert Path(opened.settings.task).samefile(tmp_path / "data" / "labels.csv")


def test_a_file_beside_the_users_settings_is_found_from_anywhere(table, tmp_path, monkeypatch):
    table.to_csv(tmp_path / "labels.csv", index=False)
    (tmp_path / "mine.yaml").write_text("task: labels.csv\ntarget: crop\nleave: region\n")
    monkeypatch.chdir("/")
    made = CliRunner().invoke(
        app, ["split", str(tmp_path / "mine.yaml"), "-o", str(tmp_path / "s")]
    )
    assert made.exit_code == 0, made.output


def test_a_later_version_opens_a_study_with_what_was_chosen(study, tmp_path):
    there = tmp_path / "crops"
    shutil.copytree(study.folder, there)
    text = (there / "study.yaml").read_text()
    named = ("- prior", "- aef:knn3", "- aef:logistic")
    unset = "\n".join(line for line in text.splitlines() if line not in named)
    unset = unset.replace("methods:", "")
    (there / "study.yaml").write_text(unset)
    # Settings of the user's that changed since are followed, and nothing is remembered.
    assert len(bocage.open_study(there).study.methods) > len(ASKED["methods"])
    resolved = there / "resolved.yaml"
    old = hashlib.sha256(text.encode()).hexdigest()
    new = hashlib.sha256(unset.encode()).hexdigest()
    assert old in resolved.read_text()
    resolved.write_text(resolved.read_text().replace(old, new))
    opened = bocage.open_study(there)
    assert [method.name for method in opened.study.methods] == list(ASKED["methods"])
    assert opened.n_missing == 0


def test_a_notebook_shows_the_page_in_a_frame_without_scripts(study):
    shown = study._repr_html_()
    assert shown.startswith("<iframe sandbox=")
    assert "allow-scripts" not in shown
    assert study.verdict.status in repr(study.verdict)
    assert "<script" not in shown


def test_the_plot_shows_every_method_that_was_compared(study):
    axes = study.plot()
    said = {text.get_text() for text in axes.texts}
    assert {"aef:knn3", "prior"} <= said
    with pytest.raises(SettingsError, match="no scores are known for 'both2'"):
        study.plot("both2")


@pytest.mark.parametrize(
    ("labels", "options", "kind", "said"),
    [
        (lambda t: t, {"target": "crops"}, DataError, "did you mean 'crop'.*`target`"),
        (lambda t: t, {}, SettingsError, "no target is given"),
        (lambda t: t.to_numpy(), {"target": "crop"}, DataError, "a ndarray"),
        (lambda t: t, {"target": "crop", "leav": "region"}, SettingsError, "did you mean 'leave'"),
        (lambda t: t, {"target": "crop", "leave": "regoin"}, BocageError, "region"),
        (lambda _: "landscap", {}, DataError, "landscape"),
        (lambda _: "landscape", {"target": "crop"}, SettingsError, "named task"),
        (lambda _: "landscape", {"task": "landscape"}, SettingsError, "first argument"),
    ],
)
def test_what_cannot_be_used_is_told_in_pythons_words(table, tmp_path, labels, options, kind, said):
    with pytest.raises(kind, match=said) as caught:
        bocage.compare(labels(table), folder=tmp_path / "s", **options)
    assert "--" not in str(caught.value)
    assert not (tmp_path / "s").exists()


def test_a_folder_that_holds_no_study_is_told(tmp_path):
    with pytest.raises(StoreError, match="no study in"):
        bocage.open_study(tmp_path)


def test_another_target_does_not_write_over_a_study(study, table):
    before = sorted(study.folder.iterdir())
    asked = {"leave": "blocks", "inputs": {"aef": "A??"}}
    with pytest.raises(StoreError, match="holds another study"):
        bocage.compare(table, "region", folder=study.folder, **asked)
    assert sorted(study.folder.iterdir()) == before


def test_own_folds_open_from_another_folder_and_are_another_study(table, tmp_path):
    asked = {**ASKED, "methods": ["prior", "aef:logistic:C=1"]}
    del asked["leave"]
    folds = table.assign(cv=[n % 4 for n in range(len(table))], other=0)
    made = bocage.compare(folds, "crop", folder=tmp_path / "a", folds_from="cv", **asked)
    assert "in the folds given by column 'cv'" in made.verdict.sentence
    moved = shutil.copytree(tmp_path / "a", tmp_path / "b")
    shutil.rmtree(tmp_path / "a")
    again = bocage.open_study(moved)
    assert again.n_missing == 0
    assert again.study.split.key == made.study.split.key
    assert again.verdict.sentence == made.verdict.sentence
    with pytest.raises(SplitError, match=r"no column 'nth' of folds; .* has cv, region"):
        bocage.compare(made.study.task, folder=tmp_path / "c", folds_from="nth", **asked)
    with pytest.raises(SettingsError, match="`folds_from` cv and `leave` region both say"):
        bocage.compare(folds, "crop", folder=tmp_path / "c", folds_from="cv", **ASKED)
