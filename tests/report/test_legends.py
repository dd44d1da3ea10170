"""Legends of figures lie inside them, and on nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from bocage.dimensions import Curve, Few
from bocage.report import _explain_figures as figures
from bocage.report import _page, _use
from bocage.report._evidence import DistanceCurve, SplitUse
from bocage.splits import SplitAdvice


@pytest.fixture
def drawn(monkeypatch):
    """The last figure that was drawn."""
    kept = []

    def keep(figure, alt):
        figure.canvas.draw()
        kept.append(figure)
        return alt

    for module in (figures, _use):
        monkeypatch.setattr(module, "to_svg", keep)
    return kept


def _boxes(artists):
    return [artist.get_window_extent() for artist in artists]


def _is_inside(figure, box):
    width, height = figure.canvas.get_width_height()
    return box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_the_legend_of_curves_is_on_no_title(drawn, n):
    score = np.linspace(0.5, 0.9, 8)
    curve = Curve("out", "ridge", "forward", "", ("a", "b"), score, score - 0.1, score + 0.1, 0.9,
                  0.2, Few(3), Few(3))  # fmt: skip
    lines = [
        figures.Line(name, curve, "#1f2328", leads=name == "forward selection")
        for name in (
            "forward selection",
            "ranked by weight",
            "selected elsewhere",
            "random order",
            "PCA",
        )
    ]
    figures.panels_of({f"class {i}": lines for i in range(n)}, 8, "test")
    (figure,) = drawn
    (legend,) = _boxes(figure.legends)
    assert _is_inside(figure, legend)
    # A title at the left is none of those that matplotlib centres.
    titles = [axes._left_title for axes in figure.axes if axes.axison]
    assert len(titles) == n
    assert not any(legend.overlaps(box) for box in _boxes(titles))


def test_the_legend_of_distances_is_whole_and_on_no_curve(drawn):
    names = (
        "map (fields-of-all-municipalities-of-the-state-in-2024.gpkg) to the nearest label",
        "label to label",
        "test to training: labels from elsewhere and the place (both)",
        "test to training: leave municipality (out)",
        "test to training: random folds (random)",
    )
    metres = tuple(np.linspace(10.0, 9000.0, _use.QUANTILES).tolist())
    roles = ("map", "labels", "test", "test", "test")
    curves = tuple(DistanceCurve(n, r, metres, 0.0) for n, r in zip(names, roles, strict=True))
    _use.distance_figure(SplitUse("", SplitAdvice("blocks", ""), "blocks", curves, ()))
    (figure,) = drawn
    (legend,) = _boxes(figure.legends)
    assert _is_inside(figure, legend)
    (axes,) = figure.axes
    assert not legend.overlaps(axes.get_tightbbox())


def test_a_page_without_methods_is_that_of_a_split(content):
    assert _page._head(replace(content, methods=())).kind == "split"
    assert _page._head(content).kind == "comparison"
