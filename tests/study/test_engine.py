"""Runs are done once, whoever does them, and whatever happens to their files."""

import json
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from bocage.core import StoreError
from bocage.study import Store, Workers, missing, open_study, prepare


def test_all_planned_runs_are_done_once(finished):
    keys = [run.key for batch in finished.plan.batches for run in batch.runs]
    assert len(keys) == len(set(keys)) == finished.plan.n_runs > 100
    assert set(keys) == set(finished.store.refresh())
    assert missing(finished.plan, finished.store) == ()


def test_a_second_run_does_nothing(finished):
    files = {p: p.stat().st_mtime_ns for p in finished.store.runs.iterdir()}
    open_study(finished.folder).run(Workers())
    assert files == {p: p.stat().st_mtime_ns for p in finished.store.runs.iterdir()}


@pytest.mark.slow
def test_two_processes_give_the_same_bits_as_one(finished, settings, outcome, tmp_path):
    study = prepare(settings(), tmp_path / "two")
    study.run(Workers(2))
    assert outcome(study) == outcome(finished)


@pytest.mark.slow
def test_dask_gives_the_same_bits_as_one_worker(finished, settings, outcome, tmp_path):
    pytest.importorskip("distributed")
    study = prepare(settings(), tmp_path / "dask")
    study.run(Workers(2, "local"))
    assert outcome(study) == outcome(finished)


def test_rows_in_another_order_give_the_same_scores(
    finished, settings, same_scores, table, tmp_path
):
    import pandas as pd

    turned = tmp_path / "toy.csv"
    pd.read_csv(table, dtype=str).sample(frac=1, random_state=1).to_csv(turned, index=False)
    study = prepare(settings(task=str(turned)), tmp_path / "turned")
    study.run(Workers())
    same_scores(study.results().score_table(), finished.results().score_table())


@pytest.mark.parametrize("harm", ["cut", "flip", "empty", "nonsense"])
def test_a_damaged_file_is_named_set_aside_and_done_again(
    finished, settings, outcome, tmp_path, harm
):
    study = prepare(settings(), tmp_path / "study")
    study.run(Workers())
    victim = sorted(study.store.runs.glob("*.parquet"))[7]
    content = bytearray(victim.read_bytes())
    if harm == "flip":
        # One flipped bit may lie where it changes nothing; a row of them can't.
        for at in range(len(content) // 3, len(content) // 3 + 200):
            content[at] ^= 0x10
    content = {"cut": content[:-60], "empty": b"", "nonsense": b"PAR1 no table PAR1"}.get(
        harm, content
    )
    victim.write_bytes(content)
    again = open_study(study.folder)
    assert 0 < again.n_missing < again.plan.n_runs / 4
    again.run(Workers())
    assert again.store.damaged == [victim.name]
    assert victim.with_suffix(".damaged").read_bytes() == bytes(content)
    assert outcome(again) == outcome(finished)


def test_a_flipped_bit_anywhere_never_changes_a_result(finished, outcome, tmp_path):
    source = min(finished.store.runs.glob("*.parquet"))
    content = source.read_bytes()
    true = outcome(finished)
    (tmp_path / "runs").mkdir()
    caught = 0
    for at in range(0, len(content), max(1, len(content) // 200)):
        harmed = bytearray(content)
        harmed[at] ^= 0x04
        (tmp_path / "runs" / source.name).write_bytes(harmed)
        store = Store(tmp_path)
        found = store.refresh()
        caught += not found
        for key, record in found.items():
            bits = (record.array("predicted").tobytes(), record.array("confidence").tobytes())
            assert bits == true[key][7:9], f"byte {at}"
    assert caught > 100


def test_one_more_method_runs_only_itself(finished, settings, tmp_path):
    study = prepare(settings(), tmp_path / "grow")
    study.run(Workers())
    more = prepare(settings(more_methods=["good:knn1:metric=euclidean"]), tmp_path / "grow")
    assert more.n_missing == more.plan.n_runs - finished.plan.n_runs > 0
    left = {more.methods[batch.method].name for batch in missing(more.plan, more.store)}
    assert left == {"good:knn1:metric=euclidean"}


def test_one_more_budget_runs_only_itself(finished, settings):
    more = prepare(settings(budgets=["5", "10", "all"]), finished.folder)
    left = [run for batch in missing(more.plan, more.store) for run in batch.runs]
    assert {str(run.cell.budget) for run in left} == {"10"}


def test_a_changed_label_runs_again_what_it_touches(finished, settings, table, tmp_path):
    import pandas as pd

    frame = pd.read_csv(table, dtype=str)
    row = frame.index[frame["region"] == "north"][5]
    frame.loc[row, "cover"] = "tree" if frame.loc[row, "cover"] != "tree" else "crop"
    changed = tmp_path / "toy.csv"
    frame.to_csv(changed, index=False)
    study = prepare(settings(task=str(changed)), finished.folder)
    # It is a test sample of its own region and of every `in` that holds it.
    assert 0 < study.n_missing < study.plan.n_runs


def test_two_processes_on_one_study_share_the_work(finished, settings, outcome, tmp_path):
    folder = tmp_path / "shared"
    studies = [prepare(settings(), folder) for _ in range(2)]
    done = [0, 0]
    for number, study in enumerate(studies):
        write = study.store.write

        def count(name, records, number=number, write=write):
            done[number] += len(records)
            write(name, records)

        study.store.write = count
    threads = [threading.Thread(target=study.run, args=(Workers(),)) for study in studies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcome(open_study(folder)) == outcome(finished)
    assert min(done) > 0
    assert finished.plan.n_runs <= sum(done) < 1.5 * finished.plan.n_runs


@pytest.mark.slow
def test_two_programs_on_one_study_end_the_same(finished, settings, outcome, tmp_path):
    folder = tmp_path / "shared"
    file = tmp_path / "mine.yaml"
    file.write_text(settings(repeats=2).to_yaml())
    command = [sys.executable, "-c", "from bocage.cli import main; main()"]
    command += ["compare", str(file), "-o", str(folder), "-j", "1", "--json"]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert outcome(open_study(folder)) == outcome(finished)
    # Each says the same to a machine.
    first, second = (json.loads(out) for out, _ in outputs)
    assert first["lines"] == second["lines"]
    # Hardly a run was done twice: files are named by what they hold.
    records = sum(len(_records(path)) for path in (folder / "runs").glob("*.parquet"))
    assert records == finished.plan.n_runs


def _records(path):
    return Store.decode(path.read_bytes())


def test_a_failing_run_is_kept_with_its_reason(finished, tmp_path):
    # A head that needs more labels than a fold holds: its cells stay blank, all others stand.
    record = next(iter(finished.store.refresh().values()))
    store = Store(tmp_path)
    failed = replace(record, status="failed", reason="DataError: needs 3 labels")
    store.write("x", [failed])
    assert Store(tmp_path).refresh()[record.key].reason == "DataError: needs 3 labels"


def test_a_folder_that_can_not_be_made_is_one_line(settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="-o"):
        prepare(settings(), tmp_path / "file" / "study").run(Workers())
