"""What is mistyped is asked about, wherever it stands."""

import pytest

from bocage.core import closest, did_you_mean

CROP = ["--target", "crop", "--leave", "district"]


@pytest.fixture
def labels(frame, tmp_path):
    frame.to_csv(tmp_path / "labels.csv", index=False)
    return "labels.csv"


def test_the_case_of_letters_does_not_matter():
    assert closest("LOGSTIC", ["logistic", "forest"]) == "logistic"
    assert did_you_mean("zzz", ["logistic", "forest"]) == ""


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        ([*CROP, "--methods", "aef:logstic"], "'aef:logistic'"),
        ([*CROP, "--methods", "aef:logstic:C=10"], "'aef:logistic:C=10'"),
        ([*CROP, "--methods", "piror"], "'prior'"),
        ([*CROP, "--methods", "aef:forest:max_dept=3"], "'max_depth'"),
        ([*CROP, "--methods", "s2@prest:forest"], "'presto'"),
        ([*CROP, "--metric", "ballanced_accuracy"], "'balanced_accuracy'"),
        ([*CROP, "--metric", "f1:mais"], "'maize'"),
        (["--target", "crop", "--leave", "blcks"], "'blocks'"),
        (["--target", "crop", "--leave", "distrct"], "'district'"),
        (["--target", "corp"], "'crop'"),
        ([*CROP, "--where", "locl"], "'local'"),
        ([*CROP, "--budget-unit", "lable"], "'label'"),
        ([*CROP, "--gaps", "drp"], "'drop'"),
        ([*CROP, "--cost", "sizes"], "'size'"),
        ([*CROP, "--kind", "clasification"], "'classification'"),
        ([*CROP, "--budgts", "5"], "'--budgets'"),
    ],
)
def test_options_and_their_values(bocage, labels, options, meant):
    code, out, err = bocage("compare", labels, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"did you mean {meant}?" in err


def test_a_strategy_of_a_network(bocage, labels):
    code, _, err = bocage("compare", labels, *CROP, "--methods", "s2:presto:lroa")
    assert code == 2
    assert "write s2:presto:lora" in err


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("task: labels.csv\ntarget: crop\nbudgts: [5]\n", "'budgets'"),
        ("task: labels.csv\ntarget: crop\nwhere: oute\n", "'out'"),
        ("task: labels.csv\ntarget: crop\nmethods: ['aef:forst']\n", "'aef:forest'"),
        ("task: lables.csv\ntarget: crop\n", "'labels.csv'"),
        ("task: labels.csv\ntarget: crop\nrename: nmes.csv\n", "'names.csv'"),
        ("task: landscpe\n", "'landscape'"),
    ],
)
@pytest.mark.usefixtures("labels")
def test_a_file_of_settings(bocage, tmp_path, text, meant):
    (tmp_path / "names.csv").touch()
    (tmp_path / "own.yaml").write_text(text)
    code, out, err = bocage("compare", "own.yaml")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"did you mean {meant}?" in err


def test_files_and_commands(bocage, labels, tmp_path):
    (tmp_path / "own.yaml").write_text("task: landscape\n")
    (tmp_path / "aef.tif").touch()
    assert "did you mean 'own.yaml'?" in bocage("compare", "owm.yaml")[2]
    sample = ["sample", labels, "-o", "s.csv", "--source", "aff.tif"]
    assert "did you mean 'aef.tif'?" in bocage(*sample)[2]
    assert "did you mean 'compare'?" in bocage("compar", "landscape")[2].lower()


def test_nothing_is_asked_where_nothing_is_near(bocage, labels):
    code, _, err = bocage("compare", labels, *CROP, "--methods", "aef:qqqqqq")
    assert code == 2
    assert "did you mean" not in err
    assert "choose one of" in err
