"""A model as a script for Earth Engine's Code Editor."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.colours import Legend, legend_for
from bocage.core import SettingsError, counted
from bocage.methods.heads import Tree
from bocage.models._additive import LinearScores, scores_of
from bocage.models._model import MapModel
from bocage.models._support import refuse_pixels
from bocage.sources import AEF_BANDS, AEF_CODING

COLLECTION = "GOOGLE/SATELLITE_EMBEDDING/V1/ANNUAL"
MAX_DEPTH = 30
"""Nodes are numbered as R does, the children of k being 2k and 2k + 1; below, numbers would no
longer fit 32 bits."""

UNUSED = "9999"
"""Stands where R prints counts and deviances, which nothing reads."""

_LEVELS = AEF_CODING.decode(np.arange(-127, 128).astype(np.int8)[None])[0]


def to_earth_engine(model: MapModel, colours: Mapping[str, str] | None = None) -> str:
    """Write a script that builds the model in Earth Engine's Code Editor and maps with it.

    Linear heads become one matrix product, trees classifiers in the text format of R's rpart,
    whose raw outputs are summed: a vote would not be the mean of probabilities. Thresholds of
    trees are put half-way between the two of AlphaEarth's 255 levels that they separate, so that
    no rounding in Earth Engine can move a pixel to the other side.

    Parameters
    ----------
    model : MapModel
        Of AlphaEarth's bands: a linear model, or trees.
    colours : mapping of str to str, optional
        Of every class, as '#rrggbb'; those of the map's files unless given.

    Returns
    -------
    str
        JavaScript. Large forests make large scripts: the Code Editor takes some hundred kilobytes,
        beyond that fit fewer or shallower trees.

    Raises
    ------
    SettingsError
        If the model is of other bands, of means of polygons, or of a kind that can't be written so.
    """
    if not set(model.bands) <= set(AEF_BANDS) or model.coding.kind != AEF_CODING.kind:
        raise SettingsError(
            "Earth Engine holds AlphaEarth's bands A00 to A63, but the model reads "
            f"{', '.join(model.bands[:5])}; fit a model on AlphaEarth, or export to ONNX"
        )
    refuse_pixels(model.training.support)
    scores = scores_of(model.plain_head("for Earth Engine"))
    body = _linear(scores) if isinstance(scores, LinearScores) else _trees(scores, model.bands)
    ending = (
        _classes(model, scores, legend_for(model.classes, colours))
        if model.has_classes
        else _regression(model)
    )
    export = "// Export.image.toDrive({image: result.toFloat(), region: AREA, scale: 10});"
    return "\n".join([*_opening(model), *body, *ending, export, ""])


def tree_text(tree: Tree, bands: tuple[str, ...]) -> str:
    """Write a tree in the text format that ``ee.Classifier.decisionTree`` reads.

    One node a line, depth first: number, question that leads to it, two figures that are not
    read, value, and an asterisk for leaves. Numbers are without exponents.

    Parameters
    ----------
    tree : Tree
        With one question at least.
    bands : tuple of str
    """
    lines = [f"1) root {UNUSED} {UNUSED} {UNUSED}"]
    todo = [(int(tree.right[0]), 3, 0, ">"), (int(tree.left[0]), 2, 0, "<=")]
    while todo:
        node, number, parent, sign = todo.pop()
        if number >= 2 ** (MAX_DEPTH + 1):
            raise SettingsError(
                f"a tree is deeper than {MAX_DEPTH} splits, which Earth Engine's text format "
                "can't number; fit with a smaller max_depth"
            )
        is_leaf = tree.left[node] < 0
        end = f"{_number(tree.value[node, 0])} *" if is_leaf else UNUSED
        question = f"{bands[tree.band[parent]]}{sign}{_number(tree.threshold[parent])}"
        lines.append(f"{number}) {question} {UNUSED} {UNUSED} {end}")
        if not is_leaf:
            todo.append((int(tree.right[node]), 2 * number + 1, node, ">"))
            todo.append((int(tree.left[node]), 2 * number, node, "<="))
    return "\n".join(lines)


def between_levels(tree: Tree, *, is_single: bool) -> Tree:
    """Put thresholds half-way between the levels of AlphaEarth that they separate.

    Parameters
    ----------
    tree : Tree
    is_single : bool
        Whether the library rounds values to single precision before it compares.
    """
    levels = _LEVELS.astype(np.float32).astype(np.float64) if is_single else _LEVELS
    below = np.searchsorted(levels, tree.threshold, side="right")
    edges = np.concatenate([[-2.0], (_LEVELS[1:] + _LEVELS[:-1]) / 2, [2.0]])
    return replace(tree, threshold=edges[below])


def _opening(model: MapModel) -> list[str]:
    training = model.training
    each = f" ({_pairs(model.classes, training.n_labels)})" if model.classes else ""
    what = f"a {model.plain_head('there').model} model of {counted(len(model.bands), 'band')}"
    told = [
        f"{model.target}: {what}.",
        f"Trained on {counted(sum(training.n_labels), 'label')}{each}.",
    ]
    if np.isfinite(training.score):
        told.append(
            f"{training.metric} on held-out labels ({training.where}, {training.budget}): "
            f"{training.score:.2f} ({training.low:.2f} to {training.high:.2f})."
        )
    if model.prior:
        shares = [f"{share:.3g}" for share in model.prior]
        told.append(f"Probabilities assume these class shares: {_pairs(model.classes, shares)}.")
    told += [line for line in (model.attribution, model.licence) if line]
    year = max(model.years, default=2024)
    return [
        f"// Script for Earth Engine's Code Editor, written by Bocage {model.bocage}.",
        # A name with an end of line would end the comment.
        *(f"// {' '.join(line.split())}" for line in told),
        "",
        f"var YEAR = {year};  // calendar year of the map",
        "var AREA = ee.Geometry(Map.getBounds(true));",
        f"var BANDS = {json.dumps(list(model.bands))};",
        f"var embedding = ee.ImageCollection('{COLLECTION}')",
        "    .filterDate(ee.Date.fromYMD(YEAR, 1, 1), ee.Date.fromYMD(YEAR + 1, 1, 1))",
        "    .filterBounds(AREA).mosaic().select(BANDS);",
        "",
    ]


def _linear(scores: LinearScores) -> list[str]:
    return [
        f"var WEIGHTS = {_rows(scores.weights)};",
        f"var OFFSETS = {json.dumps(scores.offsets.tolist())};",
        "var scores = ee.Image(ee.Array(WEIGHTS)).matrixMultiply(embedding.toArray().toArray(1))",
        f"    .arrayProject([0]).arrayFlatten([{_names(len(scores.weights))}])",
        "    .add(ee.Image.constant(OFFSETS));",
        "",
    ]


def _trees(scores: Any, bands: tuple[str, ...]) -> list[str]:
    offsets = np.array(scores.offsets, np.float64)
    groups = []
    for output, trees in enumerate(scores.trees):
        # A tree without a question is a constant, and no text stands for it.
        offsets[output] += scores.factor * sum(
            tree.value[0, 0] for tree in trees if tree.left[0] < 0
        )
        asking = [tree for tree in trees if tree.left[0] >= 0]
        moved = [between_levels(tree, is_single=scores.is_single) for tree in asking]
        groups.append([tree_text(tree, bands) for tree in moved])
    return [
        "// One list of trees per score, in the text format of R.",
        f"var TREES = {json.dumps(groups, indent=0)};",
        f"var FACTOR = {scores.factor!r};",
        f"var OFFSETS = {json.dumps(offsets.tolist())};",
        "var sum = function(trees) {",
        "  if (!trees.length) { return embedding.select([0]).multiply(0); }",
        "  var classifier = ee.Classifier.decisionTreeEnsemble(trees).setOutputMode('RAW');",
        "  return embedding.classify(classifier)",
        "      .arrayReduce(ee.Reducer.sum(), [0]).arrayGet([0]);",
        "};",
        f"var scores = ee.Image.cat(TREES.map(sum)).rename({_names(len(groups))})",
        "    .multiply(FACTOR).add(ee.Image.constant(OFFSETS));",
        "",
    ]


def _classes(model: MapModel, scores: Any, legend: Legend) -> list[str]:
    second = "ee.Image.cat([scores.multiply(-1).add(1), scores])"
    made = {
        "softmax": [
            "var exp = scores.subtract(scores.reduce(ee.Reducer.max())).exp();",
            "var probability = exp.divide(exp.reduce(ee.Reducer.sum()));",
        ],
        "sigmoid": [
            "scores = scores.multiply(-1).exp().add(1).pow(-1);",
            f"var probability = {second};",
        ],
        "share": [
            f"var probability = {second};"
            if len(scores.codes) == 2  # noqa: PLR2004
            else "var probability = scores.addBands("
            "scores.reduce(ee.Reducer.sum()).multiply(-1).add(1));"
        ],
    }[scores.link]
    hot = model.plain_head("for Earth Engine").temperature_
    if hot.value != 1.0 and scores.link == "share":
        # Shares of trees are no logits: their logarithms are divided.
        made += [
            f"probability = probability.max({_number(hot.least)}).log()",
            "    .divide(TEMPERATURE).exp();",
            "probability = probability.divide(probability.reduce(ee.Reducer.sum()));",
        ]
    elif hot.value != 1.0:
        made = ["scores = scores.divide(TEMPERATURE);", *made]
    if hot.value != 1.0:
        made = [
            (
                f"var TEMPERATURE = {_number(hot.value)};  // of the probabilities; it changes no "
                "class"
            ),
            *made,
        ]
    if model.noise:
        made += [
            f"var NOISE = {_number(model.noise)};  // share of labels independent of the features",
            f"probability = probability.multiply(1 - NOISE).add(NOISE / {len(model.classes)});",
        ]
    names = [model.classes[code] for code in scores.codes]
    order = list(range(len(names)))
    return [
        f"var CLASSES = {json.dumps(names)};",
        f"var CODES = {json.dumps(list(scores.codes))};",
        *made,
        f"probability = probability.rename({_names(len(names), 'probability')});",
        "var mapped = probability.toArray().arrayArgmax().arrayGet([0])",
        f"    .remap({json.dumps(order)}, CODES).rename('class');",
        "var confidence = probability.reduce(ee.Reducer.max()).rename('confidence');",
        "var result = mapped.addBands(confidence).addBands(probability);",
        "// By code, as the map's files have them.",
        f"var COLOURS = {json.dumps(list(legend.colours))};",
        "print('Codes, classes and colours', CODES, CLASSES, CODES.map(function(code) {",
        "  return COLOURS[code];",
        "}));",
        f"Map.addLayer(mapped, {{min: 0, max: {len(legend) - 1}, palette: COLOURS}}, 'class');",
        "Map.addLayer(confidence, {min: 0, max: 1}, 'confidence', false);",
    ]


def _regression(model: MapModel) -> list[str]:
    unit = f" ({model.unit})" if model.unit else ""
    return [
        "var result = scores.rename('value');",
        f"Map.addLayer(result, {{}}, {json.dumps(model.target + unit)});",
    ]


def _names(n: int, what: str = "score") -> str:
    return json.dumps([f"{what}_{i}" for i in range(n)])


def _rows(values: NDArray[np.float64]) -> str:
    return "[\n" + ",\n".join(f"  {json.dumps(row)}" for row in values.tolist()) + "\n]"


def _number(value: float) -> str:
    """Write a number without an exponent, which the text format need not know."""
    text = f"{value:.9f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def _pairs(names: tuple[str, ...], values: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
