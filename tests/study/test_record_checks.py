"""Run files that somebody changed and signed anew: what can't be is set aside and done again."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.study import Store, Workers, open_study


@pytest.fixture
def study(finished, tmp_path):
    import shutil

    shutil.copytree(finished.folder, tmp_path / "study")
    return open_study(tmp_path / "study")


def _array(name, change):
    def tamper(record):
        return replace(record, arrays={**record.arrays, name: change(record.arrays[name])})

    return tamper


CASES = {
    "a code of no class": _array("predicted", lambda a: a + 90),
    "a negative code": _array("predicted", lambda a: a - 90),
    "fewer answers": _array("predicted", lambda a: a[:-1]),
    "more answers": _array("predicted", lambda a: np.concatenate([a, a])),
    "answers in a square": _array("predicted", lambda a: a[:, None]),
    "answers that are no codes": _array("predicted", lambda a: a.astype(np.float64)),
    "no answers": lambda r: replace(
        r, arrays={n: a for n, a in r.arrays.items() if n != "predicted"}
    ),
    "a confidence above 1": _array("confidence", lambda a: a + 1),
    "a confidence that is no number": _array("confidence", lambda a: a * np.nan),
    "a loss below 0": _array("brier", lambda a: -1 - a),
    "losses of other domains": _array("log_loss", lambda a: a[:0]),
    "probabilities of more classes": _array("probabilities", lambda a: np.hstack([a, a])),
    "probabilities that add up to nothing": _array("probabilities", lambda a: a * 0),
    "a noise of 5": _array("noise", lambda a: a + 5),
    "other domains": lambda r: replace(r, domains=tuple(f"{d}x" for d in r.domains)),
    "other sizes": lambda r: replace(r, sizes=tuple(s + 1 for s in r.sizes)),
    "another method": lambda r: replace(r, method="no method of this study"),
    "a status of its own": lambda r: replace(r, status="excellent"),
    "labels below 0": lambda r: replace(r, n_labels=-5),
    "seconds below 0": lambda r: replace(r, fit_seconds=-1e9),
    "bytes below 0": lambda r: replace(r, n_bytes=-1),
}


@pytest.mark.parametrize("case", CASES)
def test_a_run_that_can_not_be_is_set_aside(study, case):
    victim = sorted(study.store.runs.glob("*.parquet"))[7]
    records = Store.decode(victim.read_bytes())
    victim.write_bytes(Store.encode((CASES[case](records[0]), *records[1:])))
    again = open_study(study.folder)
    assert again.n_missing == len(records)
    assert again.store.damaged == [victim.name]
    # What is done since, out of turn, is in the answer as well.
    said = again.unfinished.sentence
    assert said.startswith("The answer so far is based on the runs that are done; ")
    assert f"; {len(records)} of {again.plan.n_runs} runs remain (" in said


def test_what_was_set_aside_is_done_again_with_the_same_result(study, finished, outcome):
    victim = sorted(study.store.runs.glob("*.parquet"))[7]
    records = Store.decode(victim.read_bytes())
    changed = CASES["a code of no class"](records[0])
    victim.write_bytes(Store.encode((changed, *records[1:])))
    again = open_study(study.folder)
    again.run(Workers())
    assert outcome(again) == outcome(finished)


def test_what_a_study_itself_wrote_is_never_set_aside(study):
    assert study.n_missing == 0
    assert study.store.damaged == []


@pytest.mark.parametrize(
    "about",
    [
        '[["predicted", "<i8", "|u1", [-1]]]',
        '[["predicted", "<i8", "|u1", [3]]]',
        '[["predicted", "|O", "|u1", [1]]]',
        '[["predicted", "<U9", "|u1", [1]]]',
        '[["predicted", "<i8", "|u1", [1e99]]]',
        '[["predicted"]]',
        "{}",
        "[" * 100_000,
        "7",
    ],
)
def test_arrays_that_are_not_what_they_say_are_damage(study, about, monkeypatch):
    from bocage.study import _store

    victim = min(study.store.runs.glob("*.parquet"))
    records = Store.decode(victim.read_bytes())
    monkeypatch.setattr(_store, "_pack", lambda _: (about, b"\0"))
    content = Store.encode(records)
    monkeypatch.undo()
    victim.write_bytes(content)
    again = open_study(study.folder)
    assert again.n_missing == len(records)
    assert again.store.damaged == [victim.name]
