"""A folder that holds an answer keeps it: another question is refused, more of one is added."""

from pathlib import Path

import pytest

from bocage.study import StudySettings, _same_study

CROP = ["labels.csv", "--target", "crop", "--leave", "district"]
INPUT = ["--input", "aef=A??"]
QUICK = ["--methods", "prior,aef:logistic:C=1", "--budgets", "all", "--repeats", "1", "-j", "1"]


@pytest.fixture(autouse=True)
def labels(frame, tmp_path):
    frame.to_csv(tmp_path / "labels.csv", index=False)
    return frame


def _state():
    return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def test_every_setting_is_said_to_change_the_question_the_runs_or_the_page():
    groups = (
        *(_same_study.COMPARED, _same_study.QUESTION, _same_study.SAMPLES, _same_study.TRAINING),
        *(_same_study.VIEW, _same_study.MORE, _same_study.NAMES),
    )
    named = [name for group in groups for name in group]
    assert sorted(named) == sorted(StudySettings.model_fields)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--input", "aef=A0?"], "with --input aef=A??, not aef=A0?"),
        (["--seed", "3"], "with --seed 0, not 3"),
        (["--trials", "2"], "with --trials 4, not 2"),
        (["--folds", "2"], "with --folds 10, not 2"),
        (["--leave", "blocks"], "with --leave district, not blocks"),
        (["--merge", "maize=wheat"], "without --merge, not maize=wheat"),
    ],
)
def test_other_features_folds_or_draws_are_another_study(bocage, options, said):
    # A method with parameters of its own, so that trials change nothing of it, and one without.
    quick = ["--methods", "prior,aef:logistic", *QUICK[2:]]
    assert bocage("compare", *CROP, *INPUT, *quick, "-o", "a")[0] == 0
    before = _state()
    given = [*CROP, *INPUT, *quick, *options, "-o", "a"]
    if options[0] == "--input":
        given = [*CROP, *quick, *options, "-o", "a"]
    code, _, err = bocage("compare", *given)
    assert code == 2, err
    assert f"a holds another study ({said}), whose page would be lost; choose another" in err
    assert _state() == before


def test_another_table_is_refused_by_compare_and_by_split(bocage, labels):
    assert bocage("compare", *CROP, *QUICK, "-o", "a")[0] == 0
    labels.to_csv("other.csv", index=False)
    before = _state()
    for verb, more in (("compare", QUICK), ("split", [])):
        code, _, err = bocage(verb, "other.csv", *CROP[1:], *more, "-o", "a")
        assert (code, len(err.strip().splitlines())) == (2, 1)
        assert "a holds another study (of labels.csv, not other.csv)" in err
    assert _state() == before
    # Splits of the same labels may be looked at: the study's page stays.
    page = Path("a/report.html").read_bytes()
    for more in (["--folds", 2], []):
        assert bocage("split", *CROP, *more, "-o", "a")[0] == 0
    assert Path("a/report.html").read_bytes() == page
    assert bocage("compare", *CROP, *QUICK, "-o", "a")[0] == 0


def test_the_same_study_goes_on_and_more_is_added_without_a_word(bocage):
    assert bocage("compare", *CROP, *INPUT, *QUICK, "-o", "a")[0] == 0
    more = ["--more-methods", "aef:knn1", "--budgets", "5,all"]
    # Said in other words, it is the same.
    for options in ([*INPUT], [], [*INPUT, "--kind", "classification"], [*INPUT, *more]):
        code, _, err = bocage("compare", *CROP, *QUICK, *options, "-o", "a")
        assert code == 0, err
        assert "the page in a was made" not in err
        assert "no longer fit" not in err
        if options and options != [*INPUT, *more]:
            assert "(0 to do)" in err
    assert "the page in a" not in bocage("compare", "a/study.yaml")[2]


def test_what_the_page_shows_no_longer_is_said_and_comes_back(bocage):
    assert bocage("compare", *CROP, *INPUT, *QUICK, "-o", "a")[0] == 0
    other = ["--methods", "prior,aef:knn1", "--metric", "accuracy", *QUICK[2:]]
    code, _, err = bocage("compare", *CROP, *INPUT, *other, "-o", "a")
    assert code == 0
    assert "the page in a was made with aef:logistic:C=1, without --metric; it is rewritten" in err
    assert "rewritten without aef:logistic:C=1, with --metric accuracy. No run is lost" in err
    code, _, err = bocage("compare", *CROP, *INPUT, *QUICK, "-o", "a")
    assert "(0 to do)" in err
    assert "with aef:knn1, with --metric accuracy; it is rewritten without aef:knn1" in err


def test_a_table_that_was_changed_is_run_again_and_that_is_said(bocage, labels):
    assert bocage("compare", *CROP, *INPUT, *QUICK, "-o", "a")[0] == 0
    labels.assign(A00=labels["A01"], A01=labels["A00"]).to_csv("labels.csv", index=False)
    code, _, err = bocage("compare", *CROP, *INPUT, *QUICK, "-o", "a")
    assert code == 0
    assert "a holds runs that no longer fit" in err
    code, _, err = bocage("compare", *CROP, *INPUT, *QUICK, "-o", "a")
    assert "no longer fit" not in err


def test_a_page_of_another_split_is_not_replaced_silently(bocage):
    said = "split.html showed another split and now shows this one"
    assert said not in bocage("split", *CROP, "-o", "sp")[1]
    assert said not in bocage("split", *CROP, "-o", "sp")[1]
    assert said in bocage("split", *CROP[:3], "--leave", "blocks", "-o", "sp")[1]


def test_an_explanation_of_something_else_is_refused(bocage, labels):
    asked = [*CROP, "--margin", 0.3]
    assert bocage("explain", *asked, *INPUT, "-o", "why")[0] == 0
    labels.to_csv("other.csv", index=False)
    before = _state()
    for options, said in (
        (["other.csv", *asked[1:], *INPUT], "of labels.csv, not other.csv"),
        ([*asked, *INPUT, "--leave", "blocks"], "with --leave district, not blocks"),
        ([*asked, "--input", "few=A0?", "--of", "few"], "of input 'aef', not 'few'"),
        ([*asked, "--input", "aef=A0?"], "with --input aef=A??, not aef=A0?"),
    ):
        code, _, err = bocage("explain", *options, "-o", "why")
        assert code == 2
        assert f"why holds another explanation ({said}" in err
    assert _state() == before
    # Other margins are asked of the same explanation.
    assert bocage("explain", *asked[:-1], 0.2, *INPUT, "-o", "why")[0] == 0


def test_a_study_stopped_between_its_first_files_goes_on(bocage, monkeypatch):
    from bocage.study import _study

    write, asked = _study.write_atomic, ["compare", *CROP, *INPUT, *QUICK, "-o", "a"]

    class Stopped(BaseException):
        pass

    def once(path, content):
        if (Path("a")).exists() and any(Path("a").iterdir()):
            raise Stopped
        write(path, content)

    monkeypatch.setattr(_study, "write_atomic", once)
    with pytest.raises(Stopped):
        bocage(*asked)
    monkeypatch.setattr(_study, "write_atomic", write)
    assert {path.name for path in Path("a").iterdir()} == {"environment.json", "samples.parquet"}
    assert bocage(*asked)[0] == 0
