"""Networks in a study: on the same labels and splits as all other methods."""

import subprocess
import sys
from dataclasses import replace

import pytest
from tests.data.series import make_series_task
from tests.data.studies import make_study

from bocage.core import SettingsError
from bocage.methods import Recipe, default_methods, parse_method
from bocage.splits import SplitSettings, make_split
from bocage.study import Workers, answer
from bocage.study._plan import Protocol, make_plan

METHODS = (
    *("prior", "xy:knn1", "series:ridge", "series:presto:linear:weights=random"),
    *("series:presto:scratch", "series@presto-random+xy:ridge"),
)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


def make_networks(folder, methods=METHODS, kind="regression", sizes=("20", "all"), **protocol):
    task = make_series_task(kind=kind, n_regions=3)
    settings = SplitSettings("region", sensitivity=False, local_folds=2, random_folds=2)
    rules = Protocol(**{"trials": 2, "recipe": Recipe(1, 2), **protocol})
    return make_study(folder, task, methods, sizes, settings, rules)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    study = make_networks(tmp_path_factory.mktemp("networks"))
    study.run(Workers(1))
    return study


def test_every_method_learns_from_as_many_labels(finished):
    counted = {}
    for record in finished.store.refresh().values():
        assert record.status == "done", record.reason
        counted.setdefault((record.fold, record.budget, record.repeat), set()).add(record.n_train)
    assert counted
    assert all(len(sizes) == 1 for sizes in counted.values())


def test_a_network_has_its_costs_measured(finished):
    found = [r for r in finished.store.refresh().values() if r.method == "series:presto:scratch"]
    for record in found:
        assert record.fit_seconds > 0
        assert record.peak_megabytes > 100
        assert record.n_encoder == 404_160
        assert record.n_trained > 400_000
        assert record.n_bytes > 4 * 400_000
        assert set(record.params) == {"lr", "epochs"}
        assert record.trials in {0, 2}
    frozen = [r for r in finished.store.refresh().values() if "linear" in r.method]
    assert all(r.n_encoder == 404_160 and r.n_bytes < 8 * 1000 for r in frozen)


def test_what_frozen_networks_took_counts_for_the_samples_of_each_run(tmp_path, monkeypatch):
    from bocage.methods.backbones import Frozen

    # Two seconds a sample: far more than anything else in these runs.
    monkeypatch.setattr(Frozen, "seconds", lambda *_: 2.0)
    study = make_networks(
        tmp_path, ("series:ridge", "series:presto:scratch", *METHODS[3::2]), sizes=("20",)
    )
    study.run(Workers(1))
    for record in study.store.refresh().values():
        assert record.status == "done", record.reason
        waits = 0 if record.method in {"series:ridge", "series:presto:scratch"} else 2
        assert record.fit_seconds // (2 * record.n_train) == waits / 2
        assert record.predict_seconds // (2 * sum(record.sizes)) == waits / 2


def test_the_page_says_which_networks_were_never_pretrained(finished, tmp_path):
    from bocage.report import content_of

    (note,) = [note for note in content_of(finished).notes if "random" in note]
    assert note.startswith("presto was run with random weights only: its scores say nothing about")
    both = make_networks(tmp_path, ("series:galileo:scratch", "prior"), sizes=("20",))
    both.run(Workers(1))
    assert not [note for note in content_of(both).notes if "random" in note]


def test_random_features_are_a_control_and_never_recommended(finished):
    assert finished.controls["series:presto:linear:weights=random"] == "random-weights"
    for lines in answer(finished).lines.values():
        for line in lines:
            assert not any("random" in m for m in (line.verdict.chosen, *line.verdict.qualifiers)
                           if m.endswith("weights=random"))  # fmt: skip


def test_two_workers_give_the_same_bits_as_one(finished, outcome, tmp_path):
    again = make_networks(tmp_path / "two")
    again.run(Workers(2))
    assert outcome(again) == outcome(finished)


def test_a_run_that_fails_stops_alone(tmp_path, monkeypatch):
    from bocage.methods.strategies import _tuning

    def fail(*_, **__):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 99 bytes")

    monkeypatch.setattr(_tuning, "train", fail)
    study = make_networks(tmp_path, ("prior", "series:ridge", "series:presto:scratch"), seed=1)
    study.run(Workers(1))
    by_status = {}
    for record in study.store.refresh().values():
        by_status.setdefault(record.status, []).append(record)
    assert {r.method for r in by_status["failed"]} == {"series:presto:scratch"}
    assert all("99 bytes" in r.reason for r in by_status["failed"])
    assert {r.method for r in by_status["done"]} >= {"prior", "series:ridge"}


def test_longer_training_runs_networks_again_and_nothing_else(finished):
    longer = make_plan(
        finished.task, finished.split, finished.methods, finished.budgets,
        replace(finished.protocol, recipe=Recipe(9, 2)), repeats=1,
    )  # fmt: skip
    kept = {r.key for b in finished.plan.batches for r in b.runs}
    changed = {
        finished.methods[run.method].name
        for batch in longer.batches
        for run in batch.runs
        if run.key not in kept
    }
    assert changed == {"series:presto:scratch"}


@pytest.mark.usefixtures("real_data")
def test_classification_goes_through_all_strategies(tmp_path):
    nets = ("linear", "adapter:last=1", "lora:last=1", "full", "scratch")
    methods = ("prior", "series:logistic", *(f"series:presto:{net}" for net in nets))
    study = make_networks(tmp_path, methods, kind="classification", sizes=("20",), trials=1)
    study.run(Workers(1))
    records = study.store.refresh().values()
    assert {r.status for r in records} == {"done"}
    assert {r.method for r in records} == set(methods)
    sizes = {r.method.split(":")[2]: r.n_bytes for r in records if ":presto:" in r.method}
    assert sizes["linear"] < sizes["adapter"] < sizes["lora"] < sizes["full"] / 5


def test_the_default_holds_every_strategy_and_its_controls():
    names = [m.name for m in default_methods(make_series_task())]
    for strategy in ("linear", "adapter", "lora", "full", "scratch"):
        assert f"series:presto:{strategy}" in names
    assert {"prior", "xy:knn1", "series:xgboost", "series:presto:linear:weights=random"} <= {*names}
    assert any("@presto+" in name for name in names)
    assert not any("galileo" in name for name in names)
    every = [m.name for m in default_methods(make_series_task(), every=True)]
    assert "series:galileo:lora" in every


def test_an_input_that_a_network_can_not_read_is_refused_before_anything_runs(toy):
    from bocage.study._context import Context

    task = toy
    split = make_split(task, SplitSettings("region"))
    context = Context(task, split, (parse_method("good:presto:linear"),), Protocol())
    with pytest.raises(SettingsError, match="presto reads time series"):
        context.check()


def test_shallow_methods_run_without_the_libraries_for_networks(tmp_path):
    code = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('torch', 'peft', 'rslearn', 'terratorch', 'einops'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from pathlib import Path\n"
        "from bocage.study import Workers, make_settings, prepare\n"
        "study = prepare(make_settings({'task': 'landscape', 'methods': ['aef:logistic'],"
        " 'budgets': [5], 'repeats': 1, 'sensitivity': False}), Path(sys.argv[1]))\n"
        "study.run(Workers(1))\n"
        "import bocage.cli, bocage.report\n"
        "print({r.status for r in study.store.refresh().values()})\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "study")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "{'done'}"
