"""Classes that look alike are asked about before anything runs, wherever labels are read."""

import pytest

TABLE = ["labels.csv", "--target", "crop", "--leave", "district"]
QUICK = ["--methods", "prior,aef:logistic:C=10", "--budgets", "5,all", "--repeats", "1", "-j", "1"]


@pytest.fixture
def typed(frame, tmp_path):
    """Write the labels: two of maize say Maize, one of wheat says whaet."""
    rows = {name: frame.index[frame["crop"] == name] for name in ("maize", "wheat")}
    frame.loc[rows["maize"][:2], "crop"] = "Maize"
    frame.loc[rows["wheat"][0], "crop"] = "whaet"
    frame.to_csv(tmp_path / "labels.csv", index=False)


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize("verb", ["compare", "split", "explain"])
def test_every_verb_asks_before_it_runs(bocage, tmp_path, verb):
    code, out, err = bocage(verb, *TABLE)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "class 'whaet' has 1 label; did you mean 'wheat' (29 labels)?" in err
    assert "class 'Maize' has 2 labels; did you mean 'maize' (28 labels)?" in err
    assert "--merge whaet=wheat --merge Maize=maize" in err
    assert [p.name for p in tmp_path.iterdir()] == ["labels.csv"]


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize("verb", ["compare", "split", "explain"])
def test_every_verb_takes_the_answers(bocage, verb):
    code, _, err = bocage(verb, *TABLE, "--distinct", "--merge", "Maize=maise")
    assert code == 2
    assert "--merge Maize=maise: there is no class 'maise'; did you mean 'maize'?" in err
    code, _, err = bocage(verb, *TABLE, "--distinct", "--min-class", "31")
    assert code == 2
    assert "all 5 classes have fewer than 31 labels" in err


@pytest.mark.usefixtures("typed")
def test_what_it_offers_works(bocage):
    code, out, _ = bocage("split", *TABLE, "--merge", "whaet=wheat", "--merge", "Maize=maize")
    assert code == 0
    assert "classes were merged: 'whaet' (1) into 'wheat', 'Maize' (2) into 'maize'" in out
    code, out, _ = bocage("split", *TABLE, "--distinct", "--min-class", "3")
    assert code == 0
    assert "3 of 90 samples were left out, those of 2 classes with fewer than 3 labels" in out


@pytest.mark.usefixtures("typed")
def test_the_answer_is_part_of_the_study_and_a_study_is_not_asked_again(bocage, tmp_path):
    path = tmp_path / "study.yaml"
    settings = "task: labels.csv\ntarget: crop\nleave: district\nmethods: [prior]\n"
    path.write_text(settings + "merge:\n  whaet: wheat\n  Maize: maize\n")
    code, out, _ = bocage("split", path)
    assert code == 0
    assert "classes were merged" in out
    # A study of an older version, which asked nothing, can still be looked at.
    path.write_text(settings)
    code, out, _ = bocage("study", "show", tmp_path)
    assert code == 0
    assert "runs left" in out
    code, _, err = bocage("split", path)
    assert code == 2
    assert "did you mean 'maize'" in err


def test_budgets_say_what_they_got_and_exact_ones_stay_blank(bocage, frame, tmp_path):
    rare = frame.index[frame["crop"] == "rice"]
    frame.loc[rare[4:], "crop"] = "wheat"
    frame.to_csv(tmp_path / "labels.csv", index=False)
    code, out, err = bocage("compare", *TABLE, *QUICK)
    assert code == 0
    assert "1 class has fewer labels than some budgets: 'rice' (has 4, budgets of 5)" in err
    assert "out, up to 5 labels per class: " in " ".join(out.split())
    assert "short: rice (" in " ".join(out.split())
    code, _, err = bocage("compare", *TABLE, "--budgets", "1000", "--exact")
    assert code == 2
    assert "no budget can be met: only " in err
    assert "not 1000" in err
