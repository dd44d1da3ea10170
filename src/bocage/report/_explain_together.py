"""The part of an explanation's page that says how few a model of all classes needs."""

from bocage.explain import MOST_LABELS, Explanation
from bocage.report._explain_words import certain, place
from bocage.report._format import NOTHING, number
from bocage.report._parts import Section, Words, name, num, table


def together_section(found: Explanation) -> Section:
    """Tabulate what each number of dimensions loses, down to the first that is too few."""
    whole, d = found.together, len(found.problem.bands)
    title = "How few a model of all classes needs"
    if not whole.trials:
        return Section("together", title)
    rows = []
    for trial in whole.trials:
        loss = trial.found
        rows.append(
            [
                num(f"{trial.k}"),
                num(number(loss.score)),
                num(number(loss.loss.value), _ends(loss.loss.low, loss.loss.high)),
                num(number(loss.bound)),
                name(trial.worst),
                num(number(trial.worst_loss)),
                num(number(loss.class_bound)),
                name("enough" if trial.is_enough else "too few"),
            ]
        )
    full = number(whole.trials[0].found.full)
    text = (
        f"Balanced accuracy of logistic regression of all classes {place(found)}, as in a "
        "comparison with all labels: each class by itself, over the places that hold it. All "
        f"{d} dimensions reach {full}. Subsets are chosen without the labels tested; the penalty "
        f"is the one chosen for all dimensions, and a fold learns from {MOST_LABELS:,} labels at "
        "most. A number is enough if what it loses is, with 95 % "
        f"certainty, below {whole.margin:g}, and no class was seen to lose more than "
        f"{whole.class_margin:g} of its recall; the search goes down and ends at the first "
        f"number that is too few. Bounds hold {certain(found)} the last one for all classes "
        "at once."
    )
    more = whole.next_loss
    if whole.bands:
        text += f" The {whole.k}, chosen from all labels: {', '.join(whole.bands)}."
    if str(number(more.low)) != NOTHING and whole.bands:
        text += (
            f" In one more place they may lose {number(more.low)} to {number(more.high)} (95 % "
            "prediction interval)."
        )
    head = ("dimensions", "score", "loss", "at most", "worst class", "its loss", "at most", "")
    return Section("together", title, (Words(text, "quiet"), table(head, rows)))


def _ends(low: float, high: float) -> str:
    return "" if low != low else f"{number(low)} to {number(high)}"  # noqa: PLR0124 - NaN
