"""A good run, from files of every kind, as a user sees it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

QUICK = ["--methods", "prior,aef:logistic:C=10", "--budgets", "5,all", "--repeats", "1", "-j", "1"]
CROP = ["--target", "crop", "--leave", "district"]


@pytest.fixture
def labels(frame, tmp_path):
    frame.to_csv(tmp_path / "labels.csv", index=False)
    return "labels.csv"


def test_a_study_says_its_verdict_and_where_its_page_is(bocage, labels, tmp_path):
    code, out, err = bocage("compare", labels, *CROP, *QUICK)
    assert code == 0, err
    assert "(aef:logistic:C=10) in districts without labels" in " ".join(out.split())
    assert err.strip().endswith("page: studies/labels/report.html")
    folder = tmp_path / "studies" / "labels"
    assert {p.name for p in folder.iterdir()} == {
        *("environment.json", "errors.gpkg", "report.html", "runs", "scores.parquet"),
        *("resolved.yaml", "samples.parquet", "splits", "study.yaml"),
    }


def test_a_note_is_read_once_by_whoever_reads_it(bocage, frame, tmp_path):
    """In one terminal it stands before the runs; in a file of its own the answer has it too."""
    import pandas as pd

    torn = frame.loc[[0]].assign(crop="rice")
    pd.concat([frame, torn]).to_csv(tmp_path / "labels.csv", index=False)
    told = "1 place holds more than one class ('maize' and 'rice')"
    code, out, err = bocage("compare", "labels.csv", *CROP, *QUICK)
    assert code == 0, err
    assert [" ".join(text.split()).count(told) for text in (out, err)] == [1, 1]
    command = [sys.executable, "-m", "bocage", "compare", "labels.csv", *CROP, *QUICK]
    both = subprocess.run(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout
    lines = [line.partition(": ")[2] for line in both.splitlines() if line[:5].lower() == "note:"]
    assert " ".join(both.split()).count(told) == 1
    assert len(lines) == len(set(lines)) > 1
    assert "(aef:logistic:C=10)" in both
    page = (tmp_path / "studies" / "labels" / "report.html").read_text()
    assert page.count("holds more than one class") == 1


def test_json_is_all_that_stands_on_the_output(bocage, labels):
    code, out, _ = bocage("compare", labels, *CROP, *QUICK, "--json")
    assert code == 0
    said = json.loads(out)
    verdicts = [line["verdict"] for line in said["lines"]]
    budgets = {"up to 5 labels per class", "all labels"}
    assert {verdict["budget"] for verdict in verdicts if verdict["where"] == "out"} == budgets


def test_the_same_again_runs_nothing_and_says_the_same(bocage, labels):
    _, first, err = bocage("compare", labels, *CROP, *QUICK, "--json")
    assert "(0 to do)" not in err
    _, second, err = bocage("compare", labels, *CROP, *QUICK, "--json")
    assert "(0 to do)" in err
    first, second = json.loads(first), json.loads(second)
    assert first["lines"] == second["lines"]
    assert first["scores"] == second["scores"]


def test_report_makes_the_page_again_and_show_counts(bocage, labels, tmp_path):
    _, out, _ = bocage("compare", labels, *CROP, *QUICK)
    page = tmp_path / "studies" / "labels" / "report.html"
    page.unlink()

    def files():
        found = [path for path in page.parent.rglob("*") if path.is_file()]
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in found}

    before = files()
    code, again, _ = bocage("report", "studies/labels")
    assert code == 0
    assert again == out
    # A reader of a study writes its page and nothing else.
    after = files()
    assert after.pop(page)
    # The list of errors holds the time of its writing.
    listed = page.with_name("errors.gpkg")
    assert after.pop(listed)
    assert before.pop(listed)
    assert after == before
    code, out, _ = bocage("study", "show", "studies/labels", "--json")
    counts = json.loads(out)
    assert code == 0
    assert all(row["done"] == row["runs"] > 0 and row["failed"] == 0 for row in counts)


def test_an_unfinished_study_says_first_of_all_what_is_missing(bocage, labels, tmp_path):
    assert bocage("compare", labels, *CROP, *QUICK)[0] == 0
    _, whole, _ = bocage("report", "studies/labels", "--json")
    assert json.loads(whole)["unfinished"] is None
    page = tmp_path / "studies" / "labels" / "report.html"
    assert "missing" not in page.read_text().partition("<body")[2].partition("<header")[0]
    assert "missing" not in bocage("study", "show", "studies/labels")[1]

    done = sorted((tmp_path / "studies" / "labels" / "runs").glob("*.parquet"))
    assert len(done) > 1
    done[-1].unlink()
    _, shown, _ = bocage("study", "show", "studies/labels")
    code, said, _ = bocage("report", "studies/labels")
    assert code == 0
    _, whole, _ = bocage("report", "studies/labels", "--json")
    about = json.loads(whole)["unfinished"]
    _, rows, _ = bocage("study", "show", "studies/labels", "--json")
    n_left = sum(row["runs"] - row["done"] for row in json.loads(rows))
    n_runs = sum(row["runs"] for row in json.loads(rows))
    assert (about["n_missing"], about["n_runs"]) == (n_left, n_runs)
    assert 0 < n_left < n_runs
    sentence = about["sentence"]
    # How many runs a file holds depends on how fast they were.
    remain = "remains" if n_left == 1 else "remain"
    assert sentence.startswith("The answer so far is based on ")
    assert f"; {n_left} of {n_runs} runs {remain}" in sentence
    assert sentence.endswith(": continue with `bocage compare studies/labels/study.yaml`")
    assert shown.startswith(sentence)
    assert " ".join(said.split()).startswith(sentence)
    body = page.read_text().partition("<body")[2]
    assert sentence in body.partition("<header")[0]

    # The command that is named does go on, and then nothing more is said.
    code, _, err = bocage("compare", "studies/labels/study.yaml", "-j", "1")
    assert code == 0
    assert f"({n_left} to do)" in err
    assert "are missing" not in bocage("report", "studies/labels")[1]


def test_split_draws_itself_and_runs_nothing(bocage, labels, tmp_path):
    code, out, err = bocage("split", labels, *CROP, "--full")
    assert code == 0, err
    assert "out/d0" in out
    folder = tmp_path / "studies" / "labels"
    page = (folder / "split.html").read_text(encoding="utf-8")
    assert "bocage split labels.csv --target crop --leave district" in page
    assert "verdict" not in page.partition("<body")[2].lower()
    assert not (folder / "runs").exists()


def test_a_split_without_inputs_says_that_others_may_draw_another(bocage, frame, tmp_path):
    # Rows of one district that have the same bands are kept together, which A00..A63 don't tell.
    frame.loc[frame.index[:9], ["B2", "B8"]] = 0.2
    frame.to_csv(tmp_path / "labels.csv", index=False)
    note = (
        "note: yield, B2, B8 are in no input, but features affect a split (rows with the same "
        "features stay together, rows without one are left out): give the same --input here as "
        "for 'compare', or the two may use different splits"
    )
    code, bare, err = bocage("split", "labels.csv", *CROP, "-o", "a")
    assert code == 0, err
    assert note in bare.splitlines()
    named = bocage("split", "labels.csv", *CROP, "--input", "s2=B*", "-o", "b")[1]
    assert "in no input" not in named
    key = bare.partition("split ")[2].split()[0]
    assert key not in named
    # A comparison reads what it was given, and has nothing to say of it.
    assert "in no input" not in bocage("compare", "labels.csv", *CROP, *QUICK, "-o", "c")[2]


def test_yaml_and_options_are_one_study(bocage, labels, tmp_path):
    _, by_hand, _ = bocage("compare", labels, *CROP, *QUICK, "--json", "-o", "a")
    (tmp_path / "mine.yaml").write_text(
        "task: labels.csv\ntarget: crop\nleave: district\nmethods: [prior, 'aef:logistic:C=10']\n"
        "budgets: [5, all]\nrepeats: 1\n"
    )
    _, written, _ = bocage("compare", "mine.yaml", "--json", "-o", "b")
    assert json.loads(by_hand)["scores"] == json.loads(written)["scores"]
    _, err = bocage("compare", "a/study.yaml", "-j", "1")[1:]
    assert "(0 to do) in a" in err


def test_settings_say_where_files_were_looked_for_and_where_they_are(
    bocage, labels, tmp_path, monkeypatch
):
    bocage("compare", labels, *CROP, *QUICK, "-o", "studies/a")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    # The path in the file is relative to it.
    code, _, err = bocage("compare", "../studies/a/study.yaml")
    assert (code, "are not here" in err) == (0, False), err
    (tmp_path / "labels.csv").rename(tmp_path / "deep.csv")
    used = "are not here; the samples kept in ../studies/a are used"
    code, _, err = bocage("compare", "../studies/a/study.yaml")
    assert (code, used in err) == (0, True), err
    code, out, _ = bocage("split", "../studies/a/study.yaml")
    assert (code, used in " ".join(out.split())) == (0, True), out
    (tmp_path / "studies" / "a" / "samples.parquet").unlink()
    named = (
        "bocage: the labels that ../studies/a/study.yaml names are not here: there is no file "
        "'../labels.csv'"
    )
    advice = "; put the file back, or correct the path in study.yaml\n"
    (tmp_path / "studies" / "labels.csv").write_text("")
    known = f" (a file of that name is {tmp_path / 'studies' / 'labels.csv'})"
    code, _, err = bocage("compare", "../studies/a/study.yaml")
    assert (code, err) == (2, f"{named}{known}{advice}")
    assert bocage("fit", "../studies/a", "--source", "x.tif", "-o", "m")[0] == 2
    assert bocage("study", "show", "../studies/a")[1:] == ("", err)
    (tmp_path / "studies" / "labels.csv").unlink()
    assert bocage("split", "../studies/a/study.yaml")[1:] == ("", f"{named}{advice}")
    # What is typed is not of the file, and a task that is misspelt is told by its name.
    (tmp_path / "other" / "mine.yaml").write_text("task: landscpe\narea: gone.gpkg\n")
    code, _, err = bocage("compare", "mine.yaml", "--area", "other.gpkg")
    assert code == 2
    assert "mine.yaml" not in err


@pytest.mark.parametrize("name", ["labels.gpkg", "labels.geojson", "labels.parquet", "part*.csv"])
def test_files_of_every_kind_give_one_result(bocage, frame, labels, tmp_path, name):
    import geopandas as gpd

    if name == "part*.csv":
        frame.iloc[:40].to_csv(tmp_path / "part1.csv", index=False)
        frame.iloc[40:].to_csv(tmp_path / "part2.csv", index=False)
    else:
        points = gpd.points_from_xy(frame["lon"], frame["lat"])
        geo = gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=points, crs="EPSG:4326")
        if name.endswith("parquet"):
            geo.to_parquet(tmp_path / name)
        elif name.endswith("geojson"):
            geo.to_file(tmp_path / name, COORDINATE_PRECISION=17)
        else:
            geo.to_file(tmp_path / name)
    found = []
    for source in (labels, name):
        code, out, err = bocage(
            "compare", source, *CROP, *QUICK, "--json", "-o", f"of-{source.replace('*', '')}"
        )
        assert code == 0, err
        found.append(json.loads(out))
    scores = [
        {
            (s["method"], s["domain"], s["budget"], s["metric"]): s["score"]["value"]
            for s in f["scores"]
        }
        for f in found
    ]
    assert scores[0].keys() == scores[1].keys()
    assert all(
        scores[0][k] == pytest.approx(scores[1][k], abs=1e-6, nan_ok=True) for k in scores[0]
    )


def test_names_with_brackets_quotes_commas_and_markup_are_text(bocage, frame, tmp_path):
    names = {"maize": "[/bold] maïs", "rice": 'riz, "long"', "wheat": "<b>blé</b>"}
    frame["crop"] = frame["crop"].map(names)
    frame["lieu-dit (été)"] = frame["district"].map({"d0": "[red]", "d1": "a/b", "d2": "ö"})
    frame.to_csv(tmp_path / "étiquettes.csv", index=False)
    leave = ["--target", "crop", "--leave", "lieu-dit (été)"]
    code, _, err = bocage("compare", "étiquettes.csv", *leave, *QUICK)
    assert code == 0, err
    page = (tmp_path / "studies" / "étiquettes" / "report.html").read_text(encoding="utf-8")
    assert "<b>blé</b>" not in page
    assert "&lt;b&gt;blé&lt;/b&gt;" in page
    assert bocage("split", "étiquettes.csv", *leave)[0] == 0
    assert bocage("study", "show", "studies/étiquettes")[0] == 0


@pytest.mark.slow
def test_ctrl_c_is_one_line_and_the_same_command_goes_on(labels, tmp_path):
    # Programs in the background of a script are started deaf to Ctrl-C.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{listen}; from bocage.cli import main; main()"]
    command += ["compare", labels, *CROP, "--methods", "aef:forest", "--repeats", "3", "-j", "2"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    runs = tmp_path / "studies" / "labels" / "runs"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(runs.glob("*.parquet")):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert err.strip().splitlines()[-1] == "bocage: stopped; run the same command to continue"
    assert list(runs.glob("*.parquet"))
    assert not list(runs.glob("*.tmp"))


def test_another_study_does_not_take_a_folder(bocage, labels):
    assert bocage("compare", labels, *CROP, *QUICK, "-o", "a")[0] == 0
    before = Path("a/report.html").read_bytes()
    code, _, err = bocage("compare", labels, "--target", "yield", "-o", "a")
    assert code == 2
    assert "holds another study (of target 'crop', not 'yield')" in err
    assert Path("a/report.html").read_bytes() == before
    # Other classes, or other folds, of the same labels: no run of the page would stay.
    for options, said in (
        (["--merge", "maize=wheat"], "without --merge, not maize=wheat"),
        (["--min-class", "5"], "without --min-class, not 5"),
        (["--block-metres", "900"], "without --block-metres, not 900.0"),
    ):
        code, _, err = bocage("compare", labels, *CROP, *QUICK, *options, "-o", "a")
        assert (code, len(err.strip().splitlines())) == (2, 1)
        assert f"holds another study ({said})" in err
    assert Path("a/report.html").read_bytes() == before
    # More of the same is the same study.
    more = [*QUICK[:-3], "2", *QUICK[-2:]]
    assert bocage("compare", labels, *CROP, *more, "-o", "a")[0] == 0


def test_a_method_that_fails_is_named_with_its_reason(bocage, labels):
    methods = ["--methods", "prior,aef:logistic:C=10,aef:knn1:metric=nonsense"]
    _, _, err = bocage("compare", labels, *CROP, *methods, *QUICK[2:], "-o", "a")
    assert "note: aef:knn1:metric=nonsense:" in err
    assert "runs failed; the first said:" in err
    shown = bocage("study", "show", "a")[1]
    assert "metric=nonsense: the first that failed said:" in shown


def test_the_version_is_told(bocage):
    assert bocage("--version")[1].startswith("bocage 0.")


def test_a_table_with_dates_is_compared_through_a_network(bocage, tmp_path, monkeypatch):
    import numpy as np
    import pandas as pd
    from tests.data.series import BANDS, make_series

    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path / "cache"))
    item, hidden = make_series(120)
    district = np.arange(120) % 10
    frame = pd.DataFrame({"lon": district * 3.0 + np.arange(120) / 100, "lat": 40 + hidden})
    for at, band in enumerate(BANDS[:12]):
        for date in range(3):
            scale = 1e-4 if band.startswith("B") else 1
            frame[f"{band}_2021-{date + 1:02d}"] = item.values[:, date, at] * scale
    frame["wet"] = np.where(hidden > 0.5, "wet", "dry")
    frame["district"] = [f"d{i}" for i in district]
    frame.to_csv("dated.csv", index=False)
    asked = ["compare", "dated.csv", "--target", "wet", "--leave", "district", "-j", "1"]
    asked += [
        "--budgets",
        "10",
        "--repeats",
        "1",
        "--epochs",
        "1",
        "--batches",
        "2",
        "--trials",
        "1",
    ]
    asked += ["--methods", "prior,ts:logistic,ts:presto:scratch", "--series", "ts=B*_*,V*_*"]
    code, _, err = bocage(*asked)
    assert code == 2
    assert "band VV of input 'ts' is declared in '1'; presto expects 'dB': declare its unit" in err
    units = ["--units", "ts=reflectance", "--units", "ts.VV=dB", "--units", "ts.VH=dB"]
    code, out, err = bocage(*asked, *units)
    assert code == 0, err
    assert "ts:presto:scratch" in out


def test_a_user_s_comments_in_the_settings_of_a_study_stay(bocage, labels, tmp_path):
    assert bocage("compare", labels, *CROP, *QUICK)[0] == 0
    file = tmp_path / "studies" / "labels" / "study.yaml"
    file.write_text("# second campaign\n" + file.read_text())
    code, _, err = bocage("compare", str(file), "-j", "1")
    assert code == 0, err
    assert file.read_text().startswith("# second campaign\n")
    # Other settings are written, whatever stood there.
    assert bocage("compare", labels, *CROP, *QUICK, "--margin", "0.05")[0] == 0
    assert "margin: 0.05" in file.read_text()
