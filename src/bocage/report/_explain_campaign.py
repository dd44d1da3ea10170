"""The part of an explanation's page that campaigns of experiments fill."""

import math
from collections import Counter

from bocage.dimensions import ROLES, Explanation
from bocage.report._explain_figures import tree_curves
from bocage.report._explain_words import agreement_text, interval_text
from bocage.report._format import NOTHING, count, number
from bocage.report._parts import (
    Collapsible,
    FigureBox,
    Paragraph,
    Section,
    TableCell,
    name,
    num,
    table,
)

ORDERS = {
    "impurity": "decreasing impurity importance",
    "permutation": "decreasing permutation importance",
    "shap": "decreasing mean absolute SHAP value",
}
SPLIT_NAMES = {"inside": "random, inside", "local": "local", "out": "out"}


def campaign_section(found: Explanation) -> Section:
    """Tabulate what tree models say, by the published rule and by the corrected one."""
    made = found.campaign
    if made is None:
        return Section("campaign", "Tree models, as published")
    lines = {(line.label, line.split): line for line in made.lines}
    splits = [name for name in SPLIT_NAMES if any(split == name for _, split in lines)]
    head = ["class", "experiments"]
    for split in splits:
        told = SPLIT_NAMES[split]
        head += [f"score of all, {told}", f"enough by accuracy, {told}", f"enough, {told}"]
    rows = []
    for label in found.problem.classes:
        own = [lines.get((label, split)) for split in splits]
        row = [name(label), num(count(sum(line.n for line in own if line)))]
        for line in own:
            if line is None:
                row += [num(NOTHING)] * 3
                continue
            row += [
                num(number(line.full)),
                num(_whole(line.k_accuracy)),
                num(_whole(line.k_corrected), interval_text(line.low, line.high)),
            ]
        rows.append(row)
    roles = Counter(role.name for role in made.roles)
    shown = [
        [
            name(role.band),
            TableCell(role.name),
            TableCell(", ".join(role.classes), tone="names"),
            num(interval_text(role.low, role.high) or NOTHING),
            num(agreement_text(role)),
        ]
        for role in made.roles
        if role.classes
    ]
    text = (
        "One class against an equal number of other samples in one place, with one of "
        f"{', '.join(made.models)}; dimensions in order of {ORDERS[made.importance]}, with the "
        "model refitted on the first 1, 2, ... of them. Medians over experiments of the smallest "
        "number that keeps 98 %: of the accuracy on all test samples, which is the published "
        "rule, and of 2 x balanced accuracy - 1, with the smallest and largest median of a "
        "place. 'random, inside' tests a quarter of the place's samples, drawn at random as "
        "published, so that neighbours of test samples are training samples. Undefined: half of "
        "the experiments need more dimensions than were tried, or are no better than chance."
    )
    told = ", ".join(f"{roles[role]} {role}" for role in ROLES)
    drawn = [
        FigureBox(figure, f"Score by number of dimensions, {SPLIT_NAMES[split]}; dot: enough.")
        for split in splits
        if (figure := tree_curves(found, split)) is not None
    ]
    return Section(
        "campaign",
        "Tree models, as published",
        (
            Paragraph(text, "quiet"),
            table(head, rows),
            *drawn,
            Paragraph(
                "Roles according to these sets, for classes that are distinguished better "
                f"than by chance: {told}."
            ),
            Collapsible(
                "Every dimension with such a role",
                table(("dimension", "role", "classes", "reweighted", "same classes in"), shown),
            ),
        ),
    )


def _whole(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{value:.0f}"
