"""Scripts for Earth Engine: what they compute is what the model predicts."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.data.models import make_model, stored_embeddings

from bocage.core import SettingsError
from bocage.methods import HEADS, Head
from bocage.methods.heads import Tree
from bocage.models import MapModel, Training, to_earth_engine
from bocage.models._additive import _pruned, scores_of
from bocage.models._earth_engine import between_levels, tree_text
from bocage.sources import AEF_CODING, Coding

TEMPERATURE = 1.7
NODE = shutil.which("node")
FAKE = Path(__file__).with_name("fake_earth_engine.js")
EXPORTED = [
    ("logistic", "classification"), ("ridge", "regression"), ("forest", "classification"),
    ("forest", "regression"), ("xgboost", "classification"), ("xgboost", "regression"),
    ("lightgbm", "classification"), ("lightgbm", "regression"),
]  # fmt: skip

# Every level of every band occurs.
STORED = np.concatenate(
    [stored_embeddings(40, seed=3), np.random.default_rng(0).integers(-127, 128, (64, 60))], axis=1
).astype(np.int8)
X = AEF_CODING.decode(STORED).T


def made_tree(threshold, value):
    """A question of the first band, one of the second below it, and three leaves."""
    return Tree(
        left=np.array([1, 2, -1, -1, -1]),
        right=np.array([4, 3, -1, -1, -1]),
        band=np.array([0, 1, -1, -1, -1]),
        threshold=np.array(threshold, float),
        value=np.array(value, float)[:, None],
        share=np.ones(5),
    )


def constant(script, name):
    """A constant of the script."""
    return json.loads(re.search(rf"^var {name} = (.*?);$", script, re.MULTILINE | re.DOTALL)[1])


def grown(text, bands):
    """Read a tree back, by the rules of R's text: an independent reader."""
    nodes = {}
    for line in text.splitlines():
        number, question, *_, value, star = (line + (" ." if not line.endswith("*") else "")).split(
            " "
        )
        nodes[int(number[:-1])] = (question, None if star == "." else float(value))

    def value_of(row):
        here = 1
        while nodes[here][1] is None:
            name, limit = re.fullmatch(r"(\w+)<=(\S+)", nodes[2 * here][0]).groups()
            other = re.fullmatch(r"(\w+)>(\S+)", nodes[2 * here + 1][0]).groups()
            assert other == (name, limit)
            here = 2 * here + (row[bands.index(name)] > float(limit))
        return nodes[here][1]

    return value_of


def scores(script, bands):
    """What the script's numbers give before the link, shape (n, n_scores)."""
    offsets = np.array(constant(script, "OFFSETS"))
    if "var WEIGHTS" in script:
        return X[:, : len(bands)] @ np.array(constant(script, "WEIGHTS")).T + offsets
    sums = [
        [sum(tree(row) for tree in trees) for row in X]
        for trees in ([grown(text, bands) for text in texts] for texts in constant(script, "TREES"))
    ]
    return np.array(sums).T * constant(script, "FACTOR") + offsets


@pytest.mark.parametrize(("name", "kind"), EXPORTED)
@pytest.mark.parametrize("classes", [2, 3])
def test_the_numbers_of_a_script_give_the_models_predictions(name, kind, classes):
    model = make_model(name, kind, classes=classes, scale=True)
    script = to_earth_engine(model)
    found = scores(script, model.bands)
    assert ("var TEMPERATURE = 1.7;" in script) == (kind == "classification")
    if kind == "classification":
        link = scores_of(model.head).link
        found = found if link == "share" else found / TEMPERATURE
        if link == "softmax":
            found = np.exp(found) / np.exp(found).sum(axis=1, keepdims=True)
        elif link == "sigmoid":
            found = 1 / (1 + np.exp(-found))
        if found.shape[1] < classes:
            parts = [1 - found.sum(axis=1, keepdims=True), found]
            found = np.concatenate(parts if classes == 2 else parts[::-1], axis=1)
        if link == "share":
            found = np.maximum(found, HEADS[name].least) ** (1 / TEMPERATURE)
            found /= found.sum(axis=1, keepdims=True)
        noise = float(re.search(r"^var NOISE = (\S+);", script, re.MULTILINE)[1])
        found = (1 - noise) * found + noise / classes
    np.testing.assert_allclose(found, model.predict(X), atol=2e-6)


@pytest.mark.skipif(NODE is None, reason="node runs the scripts, and is not here")
@pytest.mark.parametrize(("name", "kind"), EXPORTED)
@pytest.mark.parametrize("classes", [2, 4])
def test_a_script_runs_and_maps_what_the_model_predicts(name, kind, classes):
    model = make_model(name, kind, classes=classes, n_bands=9)
    script = to_earth_engine(model)
    pixels = [dict(zip(model.bands, row, strict=False)) for row in X.tolist()]
    done = subprocess.run(
        [NODE, FAKE], input=json.dumps({"script": script, "pixels": pixels}), check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    expected = model.predict(X[:, :9])
    if kind == "regression":
        np.testing.assert_allclose([p["value"] for p in found], expected[:, 0], atol=2e-6)
        return
    seen = [int(code) for code in model.head.classes_]
    table = [[pixel[f"probability_{i}"] for i in range(len(seen))] for pixel in found]
    np.testing.assert_allclose(table, expected[:, seen], atol=2e-6)
    np.testing.assert_allclose(
        [pixel["confidence"] for pixel in found], expected.max(axis=1), atol=2e-6
    )
    ranked = np.sort(expected, axis=1)
    clear = ranked[:, -1] - ranked[:, -2] > 1e-5
    mapped = np.array([pixel["class"] for pixel in found])
    np.testing.assert_array_equal(mapped[clear], expected.argmax(axis=1)[clear])
    assert clear.mean() > 0.5


def test_trees_are_written_as_r_prints_them():
    tree = made_tree([0.25, -1e-7, 0, 0, 0], [0, 0, 1.5, -2e-5, 3.0])
    assert tree_text(tree, ("A00", "A63")).splitlines() == [
        "1) root 9999 9999 9999",
        "2) A00<=0.25 9999 9999 9999",
        "4) A63<=-0.0000001 9999 9999 1.5 *",
        "5) A63>-0.0000001 9999 9999 -0.00002 *",
        "3) A00>0.25 9999 9999 3 *",
    ]


def test_questions_that_change_nothing_are_left_out():
    tree = made_tree([0, 0, 0, 0, 0], [0, 0, 1.0, 1.0, 2.0])
    assert len(tree_text(_pruned(tree), ("A00", "A01")).splitlines()) == 3


@given(st.floats(-1.0, 1.0), st.booleans())
def test_moved_thresholds_divide_the_levels_as_before_and_lie_far_from_them(threshold, single):
    tree = replace(made_tree([0] * 5, [0] * 5), threshold=np.array([threshold]))
    moved = float(between_levels(tree, is_single=single).threshold[0])
    levels = AEF_CODING.decode(np.arange(-127, 128).astype(np.int8)[None])[0]
    seen = levels.astype(np.float32).astype(np.float64) if single else levels
    np.testing.assert_array_equal(seen <= threshold, levels <= moved)
    assert np.abs(levels - moved).min() > 2e-5


def test_a_tree_too_deep_for_the_format_is_refused():
    rng = np.random.default_rng(0)
    values = rng.permutation(2000) / 2000
    head = Head("forest", "regression", {"n_estimators": 1, "max_features": 1.0}, 2)
    head.fit(values[:, None], 2.0 ** (60 * values))
    model = MapModel(
        head, ("A00",), AEF_CODING, "yield", Training((2000,)), unit="t/ha", years=(2024,)
    )
    depth = head.estimator_.estimators_[0].get_depth()
    assert depth > 30
    with pytest.raises(SettingsError, match="deeper than 30 splits"):
        to_earth_engine(model)


@pytest.mark.parametrize("name", ["knn1", "mlp", "bands", "prior"])
def test_models_that_are_no_sums_are_refused(name):
    with pytest.raises(SettingsError, match=f"a {name} model can't be exported"):
        to_earth_engine(make_model(name))


def test_models_of_other_bands_are_refused():
    head = Head("ridge", "regression", {}, 2).fit(np.eye(3), np.arange(3.0))
    model = MapModel(head, ("B2", "B3", "B4"), Coding("linear", 0), "yield", Training((3,)))
    with pytest.raises(SettingsError, match="the model reads B2, B3, B4"):
        to_earth_engine(model)


def test_names_can_t_leave_their_strings_or_comments():
    named = '");alert(1);//\n alert(2)'
    X = np.random.default_rng(0).normal(size=(30, 2))
    head = Head("logistic", "classification", {}, 2).fit(X, np.arange(30) % 2)
    model = MapModel(
        head, ("A00", "A01"), AEF_CODING, named, Training((15, 15)),
        classes=("a", named), prior=(0.5, 0.5), attribution=named,
    )  # fmt: skip
    for line in to_earth_engine(model).splitlines():
        code = re.sub(r'"(\\.|[^"\\])*"', "", line)
        assert "alert" not in code or code.startswith("//")


def test_the_licence_and_the_score_stand_in_the_script():
    script = to_earth_engine(make_model())
    assert "// CC-BY-4.0" in script
    assert "0.80 (0.70 to 0.90)" in script
    assert "var YEAR = 2024;" in script
