"""Studies are made from Python, and open from anywhere."""

import hashlib
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from tests.api.conftest import ASKED
from typer.testing import CliRunner

import bocage
from bocage.cli._app import app
from bocage.core import BocageError, DataError, Input, SettingsError, SplitError, StoreError
from bocage.datasets.landscape import write_landscape_tile
from bocage.study import make_settings
from bocage.study._area import area_of


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


def test_the_users_own_files_are_not_written_over(table, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    table.to_parquet(own / "samples.parquet")
    before = (own / "samples.parquet").read_bytes()
    for labels in (own / "samples.parquet", table):
        with pytest.raises(SettingsError, match=r"samples\.parquet"):
            bocage.compare(labels, "crop", folder=own, **ASKED)
    assert (own / "samples.parquet").read_bytes() == before
    (own / "samples.parquet").unlink()
    for name, text in (("resolved.yaml", "mine: 1\n"), ("resolved.yaml", "\xff")):
        (own / name).write_bytes(text.encode("latin-1"))
        with pytest.raises(SettingsError, match=name):
            bocage.compare(table, "crop", folder=own, **ASKED)


def test_other_labels_in_memory_do_not_take_a_studys_place(table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bocage.compare(table, "crop", **ASKED)
    bocage.compare(table, "crop", **ASKED)
    fewer = table.iloc[::2]
    with pytest.raises(StoreError, match="keeps a study of other samples"):
        bocage.compare(fewer, "crop", **ASKED)
    with pytest.warns(UserWarning, match="are replaced by others"):
        bocage.compare(fewer, "crop", folder="studies/crop", **ASKED)


def test_kept_samples_are_not_taken_for_others(study, table, tmp_path):
    kept = study.folder / "samples.parquet"
    with pytest.raises(SettingsError, match="read with other settings of `target`"):
        bocage.compare(kept, "region", folder=tmp_path / "a", run=False)
    with pytest.raises(SettingsError, match="`min_class`"):
        bocage.compare(kept, folder=tmp_path / "b", min_class=50, run=False)
    labels = tmp_path / "labels.csv"
    table.to_csv(labels, index=False)
    bocage.compare(labels, "crop", folder=tmp_path / "s", **ASKED)
    labels.unlink()
    again = bocage.compare(labels, "crop", folder=tmp_path / "s", **ASKED)
    assert any("are not here; the samples kept in" in note for note in again.notes)
    with pytest.raises(StoreError, match="are not here"):
        bocage.compare(labels, "crop", folder=tmp_path / "s", **ASKED | {"inputs": {"aef": "A0?"}})


def test_settings_changed_by_hand_read_the_labels_again(table, tmp_path):
    labels = tmp_path / "labels.csv"
    table.to_csv(labels, index=False)
    bocage.compare(labels, "crop", folder=tmp_path / "s", **ASKED)
    file = tmp_path / "s" / "study.yaml"
    file.write_text(file.read_text() + "merge: {built: crops}\n")
    assert "built" not in bocage.open_study(tmp_path / "s").task.classes


def test_a_mistyped_area_is_not_the_former_one(table, tmp_path):
    area = tmp_path / "area.geojson"
    hull = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).union_all()
    gpd.GeoSeries([hull.convex_hull], crs=4326).to_file(area)
    study = bocage.compare(
        table, "crop", folder=tmp_path / "s", **ASKED | {"leave": "knndm", "area": area}
    )
    key = study.study.area.key
    area.unlink()
    assert bocage.open_study(tmp_path / "s").study.area.key == key
    other = make_settings({"task": "x.csv", "area": str(tmp_path / "aera.geojson")})
    with pytest.raises(DataError, match="there is no file"):
        area_of(other, tmp_path / "s")


def test_scores_by_a_column_that_is_not_kept_are_refused(table, tmp_path):
    study = bocage.compare(table.assign(yr=2020), "crop", folder=tmp_path / "s", **ASKED)
    file = study.folder / "study.yaml"
    file.write_text(file.read_text() + "by: yr\n")
    with pytest.raises(SettingsError, match="scores are asked for by 'yr'"):
        bocage.open_study(study.folder)


def test_arguments_of_any_kind_are_taken_or_told(table, tmp_path):
    asked = ASKED | {"budgets": np.array([5, 10]), "groups": {"region"}}
    made = bocage.compare(table, "crop", folder=tmp_path / "s", run=False, **asked)
    assert made.settings.budgets == [5, 10]
    with pytest.raises(SettingsError, match=r"pandas\.concat"):
        bocage.compare([table, table], "crop")
    with pytest.raises(SettingsError, match="folder is given"):
        bocage.explain(table, "crop", folder=tmp_path)
    odd = table.rename(columns={"crop": "../crop/ha"})
    named = bocage.compare(odd, "../crop/ha", run=False, **ASKED)
    assert str(named.folder) == "studies/crop-ha"
