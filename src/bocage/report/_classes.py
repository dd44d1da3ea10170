"""Scores by class: the confusion matrix, and recall in every place."""

import math

import numpy as np
from numpy.typing import NDArray

from bocage.core import counted, mean_count, plural
from bocage.metrics import accuracy, kappa, precision, recall
from bocage.report._content import ReportContent
from bocage.report._evidence import ConfusionMatrix, Ranking
from bocage.report._format import NOTHING, count, number
from bocage.report._parts import (
    Collapsible,
    HtmlTable,
    Paragraph,
    Part,
    Section,
    TableCell,
    name,
    num,
    table,
)
from bocage.report._style import heat

READABLE = 12
"""Classes whose matrix can be read; of more, the pairs that are confused most are listed."""

PAIRS = 20

_OPEN = 8
"""Classes whose matrix stands open."""

_CELLS = 72
"""Classes times groups of a table that stands open."""


def class_section(content: ReportContent) -> Section:
    """Tabulate the confusion matrix, and recall by class and left-out group."""
    parts: list[Part] = []
    if content.confusion is not None:
        parts += _confusion(content, content.confusion)
    if content.ranking is not None:
        parts.append(Paragraph(_ranked(content, content.ranking)))
    if content.class_scores:
        made = _recalls(content)
        many = (len(made.head) - 1) * len(made.rows) > _CELLS
        title = f"Recall by {content.noun.one}: the share of each class that is found there"
        parts.append(Collapsible(title, made) if many else _titled(made, title))
    return Section("classes", "Scores by class", tuple(parts))


def _titled(made: HtmlTable, caption: str) -> HtmlTable:
    return HtmlTable(made.head, made.rows, caption)


def _confusion(content: ReportContent, found: ConfusionMatrix) -> list[Part]:
    counts = np.asarray(found.counts)
    right, agreement = float(accuracy(counts)), float(kappa(counts))
    agreed = "" if math.isnan(agreement) else f", kappa {agreement:.3f}"
    drawn = (
        "of the one draw of the labels"
        if found.draws == 1
        else f"the mean over {counted(found.draws, 'draw')} of the labels"
    )
    unit = _unit(content)
    over = f", all {content.noun.many} together" if len(content.groups) > 1 else ""
    words = (
        f"{found.method}, {content.place}, {content.at.label}: overall accuracy "
        f"{100 * right:.1f} %{agreed}, of {counted(round(float(counts.sum())), f'held-out {unit}')}"
        f"{over}. Counts are {drawn}; in a draw each {unit} is counted once, as predicted by the "
        "model that it was held out from."
    )
    if len(counts) <= READABLE:
        made = _matrix(content, counts)
        return [
            Paragraph(words, "quiet"),
            made if len(counts) <= _OPEN else Collapsible("Confusion matrix", made),
        ]
    return [
        Paragraph(words, "quiet"),
        _pairs(content, counts),
        Collapsible(
            f"User's and producer's accuracy of {len(counts)} classes", _both(content, counts)
        ),
    ]


def _unit(content: ReportContent) -> str:
    return "pixel" if content.kind.has_masks else "sample"


def _percent(value: float) -> str:
    return NOTHING if math.isnan(value) else f"{100 * value:.1f} %"


def _matrix(content: ReportContent, counts: NDArray[np.float64]) -> HtmlTable:
    """Rows are what the method said, columns what is true, as maps are assessed."""
    total = counts.sum() or 1.0
    true = counts.sum(axis=1)
    users, producers = precision(counts), recall(counts)
    rows = []
    for said, label in enumerate(content.classes):
        row = [name(label)]
        for truth in range(len(content.classes)):
            n = float(counts[truth, said])
            colour, white = heat(n / true[truth] if true[truth] else 0.0)
            row.append(TableCell(mean_count(n), _percent(n / total), "num heat", colour, white))
        row += [num(mean_count(float(counts[:, said].sum()))), num(_percent(users[said]))]
        rows.append(row)
    rows.append([name("true"), *(num(mean_count(float(n))) for n in true),
                 num(mean_count(float(counts.sum()))), TableCell("")])  # fmt: skip
    rows.append([name("producer's accuracy"), *(num(_percent(p)) for p in producers), TableCell(""),
                 num(_percent(float(accuracy(counts))))])  # fmt: skip
    head = ("predicted \\ true", *content.classes, "predicted", "user's accuracy")
    caption = (
        "Confusion matrix: rows are predictions, columns the truth. Small: share of all; darker: a "
        "larger share of the true class; bottom right: overall accuracy"
    )
    return table(head, rows, caption)


def _pairs(content: ReportContent, counts: NDArray[np.float64]) -> HtmlTable:
    """List what is confused most."""
    wrong = counts - np.diag(np.diagonal(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:PAIRS]
    true, missed = counts.sum(axis=1), wrong.sum() or 1.0
    rows = []
    for at in order.tolist():
        truth, said = divmod(at, len(counts))
        n = float(wrong[truth, said])
        if n > 0:
            rows.append(
                [
                    name(content.classes[truth]),
                    name(content.classes[said]),
                    num(mean_count(n)),
                    num(_percent(n / true[truth])),
                    num(_percent(n / missed)),
                ]
            )
    head = (
        "true class",
        "predicted as",
        plural(_unit(content)),
        "of the true class",
        "of all errors",
    )
    return table(head, rows, f"The pairs of {len(counts)} classes that are confused most")


def _both(content: ReportContent, counts: NDArray[np.float64]) -> HtmlTable:
    users, producers = precision(counts), recall(counts)
    rows = [
        [
            name(label),
            num(mean_count(float(counts[code].sum()))),
            num(mean_count(float(counts[:, code].sum()))),
            num(_percent(users[code])),
            num(_percent(producers[code])),
        ]
        for code, label in enumerate(content.classes)
    ]
    return table(("class", "true", "predicted", "user's accuracy", "producer's accuracy"), rows)


def _ranked(content: ReportContent, found: Ranking) -> str:
    """Say how well probabilities rank two classes."""
    over = "" if found.draws == 1 else f", means over {counted(found.draws, 'draw')}"
    each = " and ".join(
        f"{number(value)} for {label} ({100 * share:.0f} % of the samples, what blind guessing has)"
        for label, value, share in zip(
            content.classes, found.average_precision, found.share, strict=True
        )
    )
    return (
        f"Area under the ROC curve {number(found.roc_auc)}; average precision {each}. By the "
        f"probabilities that {found.method} gave to the held-out samples, all together{over}."
    )


def _recalls(content: ReportContent) -> HtmlTable:
    groups = list(dict.fromkeys(s.group for s in content.class_scores))
    classes = list(dict.fromkeys(s.class_name for s in content.class_scores))
    found = {(s.class_name, s.group): s for s in content.class_scores}
    rows = []
    for class_name in classes:
        row = [name(class_name)]
        for group in groups:
            score = found.get((class_name, group))
            if score is None or math.isnan(score.recall):
                row.append(num(NOTHING))
                continue
            colour, white = heat(score.recall)
            note = f"of {count(score.n)}"
            row.append(TableCell(f"{score.recall:.2f}", note, "num heat", colour, white))
        rows.append(row)
    return table(("class", *groups), rows)
