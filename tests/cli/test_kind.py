"""Whether a target is classes or a quantity is asked, at any size, where it can't be seen."""

import pytest

ASK = ["labels.csv", "--input", "a=B2", "--leave", "blocks"]


def _labels(frame, folder, n, values):
    few = frame.iloc[:n].assign(pop=values)
    few.drop(columns="district").to_csv(folder / "labels.csv", index=False)


@pytest.mark.parametrize("n", [12, 20, 30, 40, 90])
@pytest.mark.parametrize("verb", ["compare", "split", "explain"])
def test_a_count_that_differs_in_every_row_is_asked_about(bocage, frame, tmp_path, verb, n):
    _labels(frame, tmp_path, n, [1001 + 17 * row * row for row in range(n)])
    code, out, err = bocage(verb, *ASK, "--target", "pop")
    assert (code, out) == (2, "")
    assert err == (
        f"bocage: the target 'pop' has {n} different whole numbers, which could be classes or a "
        "quantity; choose with --kind classification or --kind regression\n"
    )


def test_counts_of_which_half_recur_are_asked_about_and_codes_are_not(bocage, frame, tmp_path):
    _labels(frame, tmp_path, 30, [0] * 12 + [1] * 6 + [2] * 4 + [3, 3, 3, 4, 6, 9, 12, 20])
    code, _, err = bocage("split", *ASK, "--target", "pop")
    assert (code, "which could be classes or a quantity" in err) == (2, True)
    _labels(frame, tmp_path, 30, [0] * 12 + [1] * 6 + [2] * 4 + [3, 3, 3, 4, 4, 6, 6, 9])
    assert bocage("split", *ASK, "--target", "pop")[0] == 0


def test_a_method_of_numbers_says_how_codes_are_made_a_quantity(bocage, frame, tmp_path):
    _labels(frame, tmp_path, 90, [1 + row % 7 for row in range(90)])
    way = [*ASK, "--target", "pop", "--methods", "a:ridge"]
    code, _, err = bocage("compare", *way)
    assert code == 2
    assert "try logistic instead, or, if the target is a quantity, say --kind regression" in err
    _, _, err = bocage("compare", *ASK, "--target", "crop", "--methods", "a:ridge")
    assert "try logistic instead\n" in err
