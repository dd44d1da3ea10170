"""Burn scars: the whole matrix W0 to W6, left out by state, year and biome, on generated files."""

from pathlib import Path

import numpy as np
import pytest
from tests.data.burn_scars import write_burn_scars, write_zones
from typer.testing import CliRunner

from bocage.cli._app import app
from bocage.methods import parse_method
from bocage.splits import LabelSampler
from bocage.study import open_study, read_settings

STUDIES = Path(__file__).parents[2] / "docs" / "studies"
TINY = STUDIES / "wildfire-tiny.yaml"
QUICK = "prior,hls:logistic:C=1,aef:logistic:C=10"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with generated scenes and embeddings, states and biomes."""
    folder = tmp_path_factory.mktemp("wildfire")
    write_burn_scars(folder / "data" / "hls-burn-scars", side=32, embedding=True)
    write_zones(folder)
    return folder


@pytest.fixture
def compare(place, monkeypatch):
    """Run the tiny study with more options; give back the study, and what was printed."""
    monkeypatch.chdir(place)
    monkeypatch.setenv("BOCAGE_DATA", str(place / "data"))
    monkeypatch.setenv("BOCAGE_CACHE", str(place / "cache"))

    def call(name, *options):
        result = CliRunner().invoke(app, ["compare", str(TINY), *options, "-o", name])
        assert result.exit_code == 0, f"{result.output}\n{result.exception!r}"
        return open_study(Path(name)), result.output

    return call


def _plain(name, small):
    """Name what a method stands for, whatever its size and weights."""
    method = parse_method(name)
    inputs = tuple(text.replace("-tiny-random", "-300") for text in method.inputs)
    model = method.model.replace("prithvi-tiny", "prithvi-300")
    random = dict(method.fixed or ()).get("weights") == "random" and not small
    return inputs, model, method.strategy, random


def test_both_files_hold_the_same_matrix():
    full, tiny = (
        {_plain(name, small) for name in read_settings(path).methods}
        for path, small in ((STUDIES / "wildfire.yaml", False), (TINY, True))
    )
    # Without weights, what is a control of a pretrained network is that network.
    assert {entry for entry in full if not entry[3]} == tiny
    settings = read_settings(STUDIES / "wildfire.yaml")
    assert settings.budgets == [1, 5, 10, 25, 50, "all"]
    assert settings.budget_unit == "event"
    assert set(settings.zones) == {"state", "biome"}


def _check_fires(study):
    """No fire on both sides, and budgets that count fires."""
    event = study.task.groups["event"]
    drawer = LabelSampler(study.task, study.split, study.protocol.seed)
    records = list(study.store.refresh().values())
    assert {(r.status, r.reason) for r in records} == {("done", "")}
    assert {r.method for r in records} == {m.name for m in study.methods}
    drawn = 0
    for fold in study.split.folds:
        learned = {*event[fold.pool], *event[fold.always]}
        for domain, rows in fold.tests.items():
            # `random` shuffles samples, whatever they belong to: it shows what that hides.
            assert domain == "random" or not learned & {*event[rows]}, (fold.name, domain)
        if fold.regime != "out":
            continue
        for budget in study.budgets:
            draw = drawer.draw(fold, budget, 0)
            assert len({*event[draw.rows]}) == budget.amount
            counted = {r.n_train for r in records if (r.fold, r.budget) == (fold.name, str(budget))}
            assert counted == {len(draw.rows)}
            drawn += 1
    assert drawn


@pytest.mark.slow
def test_the_whole_matrix_runs_on_states_left_out(compare):
    study, said = compare("states", "--budgets", "1", "-j", "2", "--quick")
    assert len(study.methods) == len(read_settings(TINY).methods)
    _check_fires(study)
    assert {f.held_out for f in study.split.folds if f.regime == "out"} == {
        *("North Shore", "South Shore", "North Plain", "South Plain")
    }
    assert "failed" not in said
    page = Path("states/report.html").read_text()
    for method in study.methods:
        assert method.name in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leave", "groups"),
    [
        ("year", {"2018", "2019", "2020"}),
        ("biome", {"Desert", "Grassland", "Conifer Forests"}),
    ],
)
def test_years_and_biomes_can_be_left_out(compare, leave, groups):
    study, _ = compare(leave, "--leave", leave, "--methods", QUICK, "-j", "1")
    _check_fires(study)
    outer = [fold for fold in study.split.folds if fold.regime == "out"]
    assert {fold.held_out for fold in outer} == groups
    column = study.task.groups[leave]
    for fold in outer:
        assert set(column[fold.tests["out"]]) == {fold.held_out}
        assert fold.held_out not in set(column[fold.pool])
    scores = study.results().score_table()
    out = scores[(scores["domain"] == "out") & (scores["metric"] == "miou")]
    best = out[out["budget"] == "4"].groupby("method")["value"].mean()
    # The made-up embedding knows what burned.
    assert best["aef:logistic:C=10"] > best["prior"] + 0.1
    assert np.isfinite(out["value"]).all()
