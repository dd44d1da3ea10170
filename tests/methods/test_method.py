"""Methods as they are written."""

import pytest

from bocage.core import SettingsError, find_kind
from bocage.methods import HEADS, parse_method


@pytest.mark.parametrize(
    "text",
    [
        "prior",
        "aef:logistic",
        "aef+s1:forest",
        "xy:knn1",
        "aef:logistic:C=10",
        "aef:knn3:metric=cosine",
        "aef:forest:max_features=sqrt,min_samples_leaf=3",
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
        ("logstic", "names model 'logstic'.*logistic"),
        ("aef:", "names model ''"),
        ("aef:prior", "needs no input"),
        ("logistic", "needs an input, such as aef:logistic"),
        ("aef+:logistic", "needs an input"),
        ("aef:logistic:D=1", "can't set 'D=1'; logistic has C"),
        ("aef:logistic:C", "can't set 'C'"),
        ("aef:bands:var_smoothing=1", "nothing to set"),
        ("", "names model ''"),
        ("prior:", "names model ''"),
        (":logistic", "needs an input"),
        ("+:logistic", "needs an input"),
        ("aef: :C=1", "names model ''"),
        ("Aef:Logistic", "names model 'Logistic'"),
        ("aef:logistic:C=1,", "can't set ''"),
        ("aef:logistic:=1", "can't set '=1'"),
        ("aef:logistic:C=abc", "can't set C to 'abc'; expected a number"),
        ("aef:logistic:C=", "can't set C to ''; expected a number"),
        ("aef:logistic:C=nan", "can't set C to 'nan'"),
        ("aef:logistic:C=inf", "can't set C to 'inf'"),
        ("aef:forest:max_depth=None", "can't set max_depth to 'None'; expected a number"),
        ("aef:knn3:metric=", "can't set metric to ''; expected a word or a number"),
        ("aef:logistic:C=1,C=2", "sets C more than once"),
        ("aef+s1+aef:logistic", "names an input twice"),
    ],
)
def test_what_can_not_be_read_says_why(text, words):
    with pytest.raises(SettingsError, match=words) as caught:
        parse_method(text)
    assert "\n" not in str(caught.value)


def test_spaces_and_an_empty_list_of_parameters_mean_nothing():
    assert parse_method(" aef + s1 : logistic ").name == "aef+s1:logistic"
    assert parse_method("aef:logistic:").fixed is None


def test_floors_and_coordinates_are_controls_and_hybrids_are_not():
    assert parse_method("prior").is_control
    # Naive Bayes sees every feature: it is a head like any other.
    assert not parse_method("aef:bands").is_control
    assert parse_method("xy:forest").is_control
    assert not parse_method("aef:logistic").is_control
    assert not parse_method("aef+xy:logistic").is_control
    assert parse_method("prior").strategy == "floor"
    assert parse_method("aef:bands").strategy == "shallow"
    assert parse_method("aef:knn1").strategy == "shallow"


def test_every_parameter_a_user_may_fix_is_taken_by_its_estimator():
    values = {"metric": "cosine", "weights": "distance", "max_features": "sqrt"}
    for name, model in HEADS.items():
        for kind in model.grid:
            for parameter in model.parameters:
                value = values.get(parameter, 1)
                text = f"aef:{name}:{parameter}={value}"
                fixed = dict(parse_method(text).fixed)
                estimator = model.build(find_kind(kind), fixed, 0)
                assert estimator.get_params()[parameter] == value, text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("series:presto", "needs a strategy, one of linear, decoder, adapter, lora, full, scratch"),
        ("series:presto:best", "found 'best'"),
        ("presto:lora", "names model 'lora'"),
        ("series+xy:presto:lora", "reads one input"),
        ("series:presto:lora:rank=-1", "can't set rank to '-1'"),
        ("series:presto:lora:placement=head", "one of all, attention, mlp"),
        ("series:presto:full:rank=4", "can't set 'rank=4'"),
        ("series:presto:linear:lr=1", "can't set 'lr=1'"),
        ("series@nothing:forest", "names network 'nothing'"),
        ("@presto:forest", "expected input@network"),
    ],
)
def test_networks_that_can_not_be_read_say_why(text, words):
    with pytest.raises(SettingsError, match=words):
        parse_method(text)


@pytest.mark.parametrize(
    ("text", "strategy", "control", "seen"),
    [
        ("series:presto:linear", "linear", False, "series@presto"),
        ("series:presto:linear:weights=random", "linear", True, "series@presto-random"),
        ("series:presto:scratch", "scratch", False, "series@presto-random"),
        ("series:galileo:lora:last=2,rank=4", "lora", False, "series@galileo"),
        ("series@presto+xy:ridge", "shallow", False, "series@presto"),
        ("series@presto-random+xy:ridge", "shallow", True, "series@presto-random"),
    ],
)
def test_a_network_is_named_as_it_is_written(text, strategy, control, seen):
    method = parse_method(text)
    assert (method.strategy, method.is_control) == (strategy, control)
    assert method.encoded[0].name == seen
    assert parse_method(method.name) == method


@pytest.mark.parametrize(
    ("text", "twin"),
    [
        ("series:presto:linear:weights=random", "series:presto:linear"),
        ("series:presto:linear:C=1,weights=random", "series:presto:linear:C=1"),
        ("aef+series@presto-random:ridge", "aef+series@presto:ridge"),
        ("aef:logistic:C=1", "aef:logistic:C=1"),
    ],
)
def test_random_weights_have_a_pretrained_twin(text, twin):
    assert parse_method(text).pretrained_name == twin
