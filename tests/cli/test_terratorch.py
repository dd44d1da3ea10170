"""A method of a study, written for TerraTorch by the program."""

from dataclasses import replace

import pytest
import yaml
from tests.data.optical import make_optical_task
from tests.data.studies import make_study

from bocage.cli import _terratorch
from bocage.methods import Recipe
from bocage.splits import LabelSampler, SplitSettings
from bocage.study._plan import Protocol
from bocage.study._record import failed_record

NET = "s2:shallow-unet:scratch"


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Plan a study without running it, and open it whatever folder is named."""

    def plan(*sizes):
        protocol = Protocol(trials=1, inner_folds=2, seed=3, recipe=Recipe(2, 4))
        settings = SplitSettings("event", sensitivity=False)
        task = make_optical_task(24)
        made = make_study(tmp_path / "study", task, [NET], sizes, settings, protocol)
        monkeypatch.setattr(_terratorch, "open_here", lambda _: made)
        return made

    return plan


@pytest.fixture
def study(opened):
    return opened("4", "all")


def _config(path):
    return yaml.safe_load((path / "config.yaml").read_text())


def _rows(path, name):
    return [int(line) for line in (path / "splits" / f"{name}.txt").read_text().split()]


def test_a_run_is_written_with_its_labels(study, bocage, tmp_path):
    code, out, _ = bocage("terratorch", "study", NET, "-o", "out", "--budget", "4")
    assert code == 0
    assert "terratorch fit -c config.yaml" in out
    folder = tmp_path / "out"
    fold = next(fold for fold in study.split.folds if fold.regime == study.where)
    draw = LabelSampler(study.task, study.split, 3).draw(fold, study.budgets[0], 0)
    assert _rows(folder, "train") == draw.rows.tolist()
    assert _rows(folder, f"test-{fold.regime}") == sorted(fold.tests[fold.regime].tolist())
    names = {path.name for path in (folder / "chips/images").iterdir()}
    assert names == {path.name for path in (folder / "chips/masks").iterdir()}
    config = _config(folder)
    test_split = config["data"]["init_args"]["test_split"]
    assert test_split == f"splits/test-{fold.regime}.txt"
    run = next(
        run
        for batch in study.plan.batches
        if study.methods[batch.method].name == NET and study.split.folds[batch.fold] is fold
        for run in batch.runs
        if str(run.cell.budget) == "4"
    )
    assert config["seed_everything"] == int(run.key[:7], 16)
    # Once the run is finished, what it chose is written.
    record = failed_record(run, study.methods[run.method], fold, 4, 4, ValueError())
    record = replace(record, status="done", params={"lr": 0.25, "epochs": 9})
    study.store._records[run.key] = record
    code, out, _ = bocage("terratorch", "study", NET, "-o", "new", "--budget", "4")
    assert code == 0
    assert "finished run" in out
    config = _config(tmp_path / "new")
    assert config["trainer"]["max_epochs"] == 9
    assert config["model"]["init_args"]["lr"] == 0.25


def test_a_method_that_is_not_in_the_study_can_be_written(study, bocage, tmp_path):
    fold = next(fold.name for fold in study.split.folds if fold.regime == "random")
    text = "s2:prithvi-tiny:lora:last=2"
    code, _, err = bocage("terratorch", "study", text, "-o", "out", "--fold", fold)
    assert code == 0, err
    config = _config(tmp_path / "out")
    assert config["seed_everything"] == 3
    assert config["model"]["init_args"]["model_args"]["backbone_pretrained"] is True


def test_a_share_of_the_labelled_pixels_hides_the_others(opened, bocage, tmp_path):
    import rasterio

    study = opened("10%", "all")
    code, _, err = bocage("terratorch", "study", NET, "-o", "out", "--budget", "10%")
    assert code == 0, err
    fold = next(fold for fold in study.split.folds if fold.regime == study.where)
    seen = 0
    for row in _rows(tmp_path / "out", "train"):
        with rasterio.open(tmp_path / f"out/chips/masks/{row:06d}.tif") as file:
            mask = file.read(1)
        known = mask >= 0
        seen += known.sum()
        assert (mask[known] == study.task.masks[row][known]).all()
    total = (study.task.masks[fold.pool] >= 0).sum()
    assert seen == pytest.approx(total / 10, rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["s2:forest"], "not a network for chips"),
        ([NET, "--fold", "out/e9"], "this study has no fold 'out/e9'; expected one of"),
        ([NET, "--budget", "7"], "this study has no budget '7'; expected one of 4, all"),
        (["s9:unet:scratch"], "s9"),
        (["s2:unet:lora"], "trained from scratch"),
    ],
)
@pytest.mark.usefixtures("study")
def test_mistakes_are_one_line_and_leave_nothing(bocage, tmp_path, arguments, said):
    code, _, err = bocage("terratorch", "study", *arguments, "-o", "out")
    assert code == 2
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()
