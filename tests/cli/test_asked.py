"""What a user asks of years and places is what the command answers, or refuses in one line."""

import json
import re

import numpy as np
import pytest

YEAR = ["--target", "crop", "--leave", "year", "--input", "s2=B*"]
QUICK = ["--budgets", "all", "--repeats", "1", "-j", "1"]


@pytest.fixture
def panel(tmp_path):
    """Sixty synthetic places, each labelled in three years."""
    import pandas as pd

    rng = np.random.default_rng(0)
    place, n = rng.uniform(0, 0.5, (60, 2)) + np.array([10, 45]), 180
    crop = rng.integers(0, 2, n)
    columns = {
        "lon": np.tile(place[:, 0], 3),
        "lat": np.tile(place[:, 1], 3),
        "year": np.repeat([2019, 2020, 2021], 60),
        "crop": np.array(["maize", "wheat"])[crop],
        "B1": crop + rng.normal(0, 0.5, n),
        "B2": rng.normal(size=n),
    }
    pd.DataFrame(columns).to_csv(tmp_path / "panel.csv", index=False)
    return "panel.csv"


def test_a_panel_is_refused_in_one_line_whose_commands_work(bocage, panel, tmp_path):
    code, out, err = bocage("compare", panel, *YEAR, *QUICK)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert "'2019', '2020', '2021' of 'year'" in err
    commands = re.findall(r"--leave year --share \w+", err)
    assert commands == ["--leave year --share place", "--leave year --share none"]
    assert not (tmp_path / "studies").exists()
    command = ["split", panel, *YEAR[:2], *commands[1].split(), *YEAR[4:]]
    code, out, err = bocage(*command)
    assert code == 0, err
    assert "out/2019/4" not in out
    told = re.search(r"(\d+) folds in all: --full prints a line for each", out)
    code, out, err = bocage(*command, "--full")
    assert code == 0, err
    assert "out/2019/4" in out
    assert len(re.findall(r"^ \S+/\S+ ", out, re.MULTILINE)) == int(told[1])


def test_a_later_year_in_known_places_is_compared(bocage, panel):
    asked = [*YEAR, "--share", "place", "--forward"]
    code, out, err = bocage("compare", panel, *asked, *QUICK, "--methods", "prior,s2:logistic:C=1")
    assert code == 0, err
    assert "2019 is used for training and never tested" in err.replace("\n", " ")
    assert "places are shared" in err.replace("\n", " ")
    assert "score is for a mix of known" not in out
    fixed = [*YEAR, "--share", "place", "--train", "2019-2020", "--test", "2021", "--json"]
    code, out, err = bocage("split", panel, *fixed)
    assert code == 0, err
    rows = [row for row in json.loads(out) if row["domain"] == "out"]
    assert [(row["fold"], row["n_test"]) for row in rows] == [("out/2021", 60)]
    code, _, err = bocage("split", panel, *YEAR, "--test", "2031")
    assert (code, err.count("\n")) == (2, 1)
    assert "--test '2031' is not one of the groups of 'year': 2019, 2020, 2021" in err


def test_places_measured_anew_are_joined_on_request(bocage, panel, tmp_path):
    import pandas as pd

    frame = pd.read_csv(tmp_path / "panel.csv")
    frame["lat"] += np.random.default_rng(1).normal(0, 5e-6, len(frame))
    frame.to_csv(tmp_path / "panel.csv", index=False)
    code, out, err = bocage("split", panel, *YEAR)
    assert code == 0, err
    joined = re.search(r"--same-place (\d+) merges them", out.replace("\n", " "))
    code, _, err = bocage("split", panel, *YEAR, "--same-place", joined[1])
    assert code == 2
    assert "--share place" in err


def test_the_leak_of_shuffled_rows_is_shown_beside_places_kept_whole(bocage, tmp_path):
    import pandas as pd

    # Twelve sensors with 20 dates each; what a sensor adds of its own is no feature.
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(12), 20)
    own, fixed = rng.normal(size=12), rng.normal(size=(12, 3))
    columns = {
        "lon": (10 + rng.random(12))[who],
        "lat": (45 + rng.random(12))[who],
        "sensor": who,
        "moisture": 2 * own[who] + 0.3 * rng.normal(size=240),
    }
    columns |= {f"B{band}": fixed[who, band] for band in range(3)}
    pd.DataFrame(columns).to_csv(tmp_path / "sensors.csv", index=False)
    asked = ["--target", "moisture", "--leave", "sensor", "--input", "s2=B*"]
    methods = ["--methods", "prior,s2:knn1:metric=euclidean"]
    code, out, err = bocage("compare", "sensors.csv", *asked, *methods, *QUICK, "--where", "local")
    assert (code, err.count("\n")) == (2, 1)
    assert "no sensor can be cut into blocks" in err
    code, out, err = bocage("compare", "sensors.csv", *asked, *methods, *QUICK)
    assert code == 0, err
    folder = tmp_path / "studies" / "sensors"
    table = pd.read_parquet(folder / "scores.parquet")
    heads = table[(table["metric"] == "r2") & (table["model"] == "knn1")]
    score = heads.groupby("domain")["value"].mean()
    assert score["random"] > 0.7
    assert score["random-units"] < 0.2
    words = " ".join(out.split())
    page = (folder / "report.html").read_text(encoding="utf-8")
    for text in ("R², random (sanity check only)", "R², random-units (sanity check only)"):
        assert text in words
    assert "random cross-validation regardless of location" in page
    assert "random cross-validation of whole places" in page
