"""A number: what was observed against what was predicted, and where predictions are off."""

from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from bocage.core import counted
from bocage.report._content import ReportContent
from bocage.report._evidence import Observed
from bocage.report._format import number, signed
from bocage.report._parts import FigureBox, Section
from bocage.report._style import INK, QUIET, SERIES, WRONG
from bocage.report._svg import TILE, drawing, new_figure, to_svg

_MANY = 2500
"""More points than this are drawn as a picture, or the page would take megabytes."""

_TENTHS, _FIFTHS = 10, 5
LEAST = 10
"""Samples that a mean of differences is taken over, at least."""


def observed_section(content: ReportContent) -> Section:
    """Draw truth against prediction, and the bias along the predictions."""
    found, title = content.observed, "Observed and predicted"
    if found is None or not found.observed:
        return Section("observed", title)
    drawn = [_scatter(content, found)]
    over = "" if found.draws == 1 else f", its predictions averaged over {found.draws} draws"
    text = (
        f"{found.method}, {content.place}, {content.at.label}. First figure: each point is a "
        f"held-out sample{over}; on the dashed line prediction and observation are equal."
    )
    steps = bias_by_share(found)
    if len(steps):
        parts = {_TENTHS: "tenth", _FIFTHS: "fifth"}[len(steps)]
        drawn.append(_bias(content, steps, parts))
        lowest, highest = steps[0, 1], steps[-1, 1]
        text += (
            f" Second: mean of prediction minus observation in each {parts} of the samples, from "
            f"the lowest predictions to the highest, with the middle half of the differences; "
            f"above zero, predictions are too high. Bias of the lowest {parts} "
            f"{signed(lowest)}, of the highest {signed(highest)}."
        )
    return Section("observed", title, (FigureBox(tuple(drawn), text),))


def bias_by_share(found: Observed) -> NDArray[np.float64]:
    """Cut the samples by their predictions into parts of one size.

    Returns
    -------
    ndarray, shape (k, 4)
        Mean prediction, mean of prediction minus observation, and the quartiles of that
        difference. Ten parts; five, or none, where one would have fewer than `LEAST` samples.
    """
    observed, predicted = np.asarray(found.observed), np.asarray(found.predicted)
    n = len(observed)
    parts = next((k for k in (_TENTHS, _FIFTHS) if n >= k * LEAST), 0)
    if not parts:
        return np.zeros((0, 4))
    order = np.argsort(predicted, kind="stable")
    made = []
    for rows in np.array_split(order, parts):
        off = predicted[rows] - observed[rows]
        made.append([predicted[rows].mean(), off.mean(), *np.quantile(off, [0.25, 0.75])])
    return np.array(made)


def _named(what: str, content: ReportContent) -> str:
    return f"{what} ({content.unit})" if content.unit else what


def _begin(height: float) -> tuple[Any, Any]:
    figure = new_figure(height, TILE)
    axes = figure.subplots()
    figure.subplots_adjust(left=0.15, right=0.97, bottom=0.42 / height, top=1 - 0.1 / height)
    return figure, axes


def _scatter(content: ReportContent, found: Observed) -> Markup:
    observed, predicted = np.asarray(found.observed), np.asarray(found.predicted)
    low = min(observed.min(), predicted.min())
    high = max(observed.max(), predicted.max())
    pad = 0.04 * ((high - low) or 1.0)
    with drawing("observed"):
        figure, axes = _begin(2.9)
        axes.plot([low, high], [low, high], color=QUIET, linewidth=0.9, linestyle=(0, (4, 2)))
        axes.scatter(
            predicted, observed, s=9, color=SERIES[0], alpha=0.55, linewidth=0,
            rasterized=len(observed) > _MANY,
        )  # fmt: skip
        axes.set_xlim(low - pad, high + pad)
        axes.set_ylim(low - pad, high + pad)
        axes.set_xlabel(_named("predicted", content))
        axes.set_ylabel(_named("observed", content))
        return to_svg(
            figure,
            f"Observed against predicted, {counted(len(observed), 'held-out sample')}; observed "
            f"from {number(float(observed.min()))} to {number(float(observed.max()))}, predicted "
            f"from {number(float(predicted.min()))} to {number(float(predicted.max()))}.",
        )


def _bias(content: ReportContent, steps: NDArray[np.float64], parts: str) -> Markup:
    with drawing("bias"):
        figure, axes = _begin(2.9)
        axes.axhline(0, color=INK, linewidth=0.8)
        at = np.arange(1, len(steps) + 1)
        axes.vlines(at, steps[:, 2], steps[:, 3], color=QUIET, linewidth=1.2)
        for above, mark, colour in ((True, "^", WRONG), (False, "v", SERIES[0])):
            which = (steps[:, 1] >= 0) == above
            axes.plot(at[which], steps[which, 1], mark, color=colour, markersize=6)
        names = [f"{value:.3g}" for value in steps[:, 0]]
        axes.set_xticks(at, names, fontsize=7)
        axes.set_xlabel(_named(f"mean prediction of each {parts}", content))
        axes.set_ylabel(_named("predicted minus observed", content))
        told = ", ".join(signed(float(value)) for value in steps[:, 1])
        return to_svg(figure, f"Bias in each {parts} of the predictions, lowest first: {told}.")
