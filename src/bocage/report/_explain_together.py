"""The part of an explanation's page that says how few a model of the target needs."""

from bocage.dimensions import MOST_LABELS, AnyExplanation
from bocage.report._explain_terms import terms_of
from bocage.report._explain_words import certain, place
from bocage.report._format import NOTHING, first_upper, number
from bocage.report._parts import Paragraph, Section, name, num, table


def together_section(found: AnyExplanation) -> Section:
    """Tabulate what each number of dimensions loses, down to the first that is too few."""
    whole, d = found.together, len(found.problem.bands)
    title = f"How many dimensions a model of {terms_of(found).learned} needs"
    if not whole.trials:
        return Section("together", title)
    by_class = any(trial.worst for trial in whole.trials)
    seen, which, fails = "", "for all numbers simultaneously", "not shown"
    search = "the smallest such number is selected"
    if by_class:
        seen = f", and no class was observed to lose more than {whole.class_margin:g} of its recall"
        if found.left_out:
            seen += (
                f", nor the balanced accuracy of all {found.problem.n_classes} classes more than "
                f"{whole.margin:g}; the losses of single classes count only for the distinguished "
                "classes"
            )
        which, fails = "and the last one for all classes simultaneously", "too few"
        search = "the search proceeds downwards and ends at the first number that is too small"
    rows = []
    for trial in whole.trials:
        loss = trial.found
        row = [
            num(f"{trial.k}"),
            num(number(loss.score)),
            num(number(loss.loss.value), _ends(loss.loss.low, loss.loss.high)),
            num(number(loss.bound)),
        ]
        if by_class:
            row += [name(trial.worst), num(number(trial.worst_loss)), num(number(loss.class_bound))]
        rows.append([*row, name("enough" if trial.is_enough else fails)])
    full, terms = number(whole.trials[0].found.full), terms_of(found)
    text = (
        f"{first_upper(terms.score)} of {terms.model} of {terms.learned} {place(found)}, as in a "
        f"comparison with all labels: {terms.summed}. All {d} dimensions reach {full}. Subsets "
        "are selected without the test labels; the penalty is the one tuned with all dimensions, "
        f"and each fold has at most {MOST_LABELS:,} training labels. A number of dimensions is "
        f"enough if its loss is, with 95 % confidence, below {whole.margin:g}{seen}; {search}. "
        f"Bounds hold {certain(found)} {which}."
    )
    more = whole.next_loss
    if whole.bands:
        text += f" The {whole.k}, selected with all labels: {', '.join(whole.bands)}."
    if str(number(more.low)) != NOTHING and whole.bands:
        text += (
            f" The loss in a new place may be {number(more.low)} to {number(more.high)} (95 % "
            "prediction interval)."
        )
    head = ["dimensions", "score", "loss", "at most"]
    head += ["worst class", "its loss", "at most"] if by_class else []
    head.append("")
    return Section("together", title, (Paragraph(text, "quiet"), table(head, rows)))


def _ends(low: float, high: float) -> str:
    return "" if low != low else f"{number(low)} to {number(high)}"  # noqa: PLR0124 - NaN
