"""What a message offers to type works when it is typed."""

import re
import shlex

import numpy as np
import pandas as pd


def test_the_columns_that_are_offered_can_be_compared(bocage, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(4)
    n = 120
    frame = pd.DataFrame({"x_deg": rng.uniform(6, 8, n), "y_deg": rng.uniform(47, 49, n)})
    frame["height"], frame["slope"] = rng.normal(size=(2, n))
    frame["no2"] = 3 * frame["height"] + rng.normal(size=n)
    frame["country"], frame["station"] = "DE", [f"s{at}" for at in range(n)]
    frame["closed"] = np.nan
    frame["code"] = np.where(np.arange(n) % 9 < 4, np.nan, np.arange(n) % 9)
    frame["street"] = np.where(np.arange(n) < 9, ["canyon", "wide"] * (n // 2), None)
    frame["rural"] = np.where(np.arange(n) % 2, "yes", "no")
    frame.to_csv("t.csv", index=False)
    asked = ["compare", "t.csv", "--target", "no2", "--lon", "x_deg", "--lat", "y_deg"]
    short = ["--repeats", "1", "--budgets", "all", "--methods", "prior,all:ridge", "-j", "1"]
    code, _, err = bocage(*asked, "--input", "all=*", *short)
    assert code == 2
    offer = re.search(r"--input all='[^']+'", err)[0]
    assert shlex.split(offer)[1] == "all=height,rural,slope"
    assert "(cells of code, street are missing)" in err
    code, _, err = bocage(*asked, *shlex.split(offer), *short)
    assert code == 0, err
