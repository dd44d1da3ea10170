"""Methods as they are written, and the ones that are chosen."""

import pytest

from bocage.core import SettingsError
from bocage.methods import MODELS, default_methods, parse_method


@pytest.mark.parametrize(
    "text",
    [
        "prior",
        "aef:logistic",
        "aef+s1:forest",
        "xy:knn1",
        "aef:logistic:C=10",
        "aef:knn3:metric=cosine",
    ],
)
def test_a_name_is_read_and_written_alike(text):
    assert parse_method(text).name == text


def test_parameters_are_numbers_where_they_can_be_and_come_in_order():
    method = parse_method("a:forest: n_estimators=50 , max_features=0.5")
    assert method.fixed == (("max_features", 0.5), ("n_estimators", 50))
    assert parse_method(method.name) == method


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("logstic", "no model 'logstic'.*logistic"),
        ("aef:", "no model ''"),
        ("aef:prior", "needs no input"),
        ("logistic", "needs an input, such as aef:logistic"),
        ("aef+:logistic", "needs an input"),
        ("aef:logistic:D=1", "can't set 'D=1'; logistic has C"),
        ("aef:logistic:C", "can't set 'C'"),
        ("aef:bands:var_smoothing=1", "nothing to set"),
        ("", "no model ''"),
    ],
)
def test_what_can_not_be_read_says_why(text, words):
    with pytest.raises(SettingsError, match=words) as caught:
        parse_method(text)
    assert "\n" not in str(caught.value)


def test_default_methods_hold_floors_a_control_a_baseline_and_a_hybrid(toy):
    names = [method.name for method in default_methods(toy)]
    assert len(names) == len(set(names))
    assert {"prior", "xy:knn1", "good:bands", "good:logistic", "noise:logistic"} <= set(names)
    assert any(name.endswith(":forest") for name in names)
    assert any(name.startswith("good+noise:") for name in names)


def test_default_methods_fit_the_kind_of_task(toy_regression):
    methods = default_methods(toy_regression, every=True)
    assert all("regression" in method.spec.grid for method in methods)
    assert {m.model for m in methods} == {n for n, m in MODELS.items() if "regression" in m.grid}
