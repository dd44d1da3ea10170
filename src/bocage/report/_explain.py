"""The page of an explanation of classes."""

from collections import Counter

from bocage.core import counted, listed
from bocage.dimensions import DEPTH, KEEP, ROLES, ClassMaps, Curve, Explanation, Piece
from bocage.report._explain_campaign import campaign_section
from bocage.report._explain_figures import (
    MOST_BANDS,
    ablation_curves,
    class_by_dimension,
    role_chart,
    shown_bands,
    stability_chart,
)
from bocage.report._explain_telling import Lines, Telling, UseSection, learned, redundancy_section
from bocage.report._explain_together import together_section
from bocage.report._explain_use import maps_section
from bocage.report._explain_words import (
    MOST,
    PLACES,
    WAY_NAMES,
    agreement_text,
    beside,
    few_text,
    interval_text,
    place,
    sentence,
)
from bocage.report._format import NOTHING, count, number
from bocage.report._parts import (
    Collapsible,
    FigureBox,
    HtmlTable,
    Paragraph,
    Section,
    TableCell,
    name,
    num,
    table,
)


class ClassTelling(Telling):
    """Classes: which dimensions carry which of them."""

    title = "which dimensions carry which class"

    def sentence(self, found: Explanation) -> str:
        """Say how few do for a model of all classes, and where."""
        return sentence(found)

    def beside(self, found: Explanation) -> tuple[str, ...]:
        """Say what each class loses, what the published rule says, and what trees tell."""
        return beside(found)

    def counts(self, found: Explanation) -> tuple[str, ...]:
        """Count classes."""
        return (counted(found.problem.n_classes, "class"),)

    def label(self, found: Explanation) -> str:
        """Head the answer."""
        if found.together.bands:
            return "A few dimensions are enough"
        return "No small subset" if found.is_told or found.bent else "Nothing found"

    def piece(self, maps: ClassMaps) -> Piece:
        """Return the piece of raster that is drawn on."""
        return maps.piece

    def sections(
        self, found: Explanation, maps: ClassMaps | None, use: UseSection
    ) -> tuple[Section, ...]:
        """Tell class by class."""
        more = ""
        if found.where == "local" and found.elsewhere.bands:
            more = (
                "They are enough within these places; --where out selects dimensions for places "
                "without labels."
            )
        return (
            together_section(found), _few(found), _curves(found), _contrast(found), _roles(found),
            campaign_section(found), redundancy_section(found, _shadows(found)),
            maps_section(maps), use(more),
        )  # fmt: skip

    def lines(self, found: Explanation) -> Lines:
        """Give a line for each class."""
        ways = (WAY_NAMES["forward"], WAY_NAMES["pooled"])
        head = ("one against all others", f"score of all, {found.where}", "chance", *ways)
        bent = {item.label: item for item in found.bent}
        rows = []
        for subset in found.subsets:
            curve = found.curve(found.where, "forward", subset.label)
            if curve is None:
                rows.append((subset.label, "-", "-", "-", "-", "too few samples"))
                continue
            k, interval = few_text(curve.few)
            if subset.label in bent:
                told = f"by trees: {listed(bent[subset.label].bands, MOST) or 'more than four'}"
            else:
                told = listed(subset.bands, MOST) if curve.is_known else "not distinguished"
            rows.append(
                (
                    subset.label,
                    f"{curve.full:.2f}",
                    f"{curve.chance:.2f}",
                    f"{k} ({interval})" if interval else k,
                    str(len(subset.bands)) if subset.bands else "undefined",
                    told,
                )
            )
        return Lines((*head, "dimensions"), tuple(rows))


def _few(found: Explanation) -> Section:
    where = found.where
    other = next((r for r in ("out", "local") if r != where and _has(found, r)), "")
    columns = [(where, way) for way in ("forward", "elsewhere", "pooled", "random", "pca")]
    columns = [(regime, way) for regime, way in columns if _has(found, regime, way)]
    if other:
        columns.append((other, "forward"))
    head = ["class", f"score of all, {where}", "chance"]
    k = found.together.k
    head += [f"with the {k} for all classes"] if k else []
    head += [f"{WAY_NAMES[way]}, {regime}" for regime, way in columns]
    head += ["by accuracy", "dimensions, selected with all labels"]
    rows = []
    for subset in found.subsets:
        main = found.curve(where, "forward", subset.label)
        if main is None:
            rows.append([name(subset.label), *[num(NOTHING)] * (len(head) - 1)])
            continue
        cells = [
            num(*few_text(c.few)) if c else num(NOTHING) for c in _row(found, columns, subset.label)
        ]
        rows.append(
            [
                name(subset.label),
                num(number(main.full)),
                num(number(main.chance)),
                *_with_all(found, subset.label),
                *cells,
                num(*few_text(main.few_published)),
                TableCell(", ".join(subset.bands) or NOTHING, tone="names"),
            ]
        )
    text = (
        "The published rule (Benavides-Martinez et al. 2026, arXiv 2603.16911): the smallest "
        f"number of dimensions that keeps {KEEP:.0%} of the score with all dimensions, with its "
        "95 % interval over places (Student's t; wider where few places were left out in turn). "
        "The score is 2 x balanced accuracy - 1 of one class against all others (0: chance, 1: "
        "perfect), for ridge classifiers. It is undefined where no linear model distinguishes "
        "the class (with all dimensions, the score does not exceed the score that randomised "
        "labels with the same spatial pattern exceed for any of the classes in 1 of 20 cases), "
        f"or where none of the first {min(DEPTH, len(found.problem.bands))} subsets is enough. "
        "'Forward selection': repeated in each place, without the test labels; 'pooled "
        "selection': one selection with all labels except the test labels, in the way that the "
        "listed dimensions were selected (with all labels). 'By accuracy' uses overall accuracy, "
        "as published, which the larger of the two sides dominates. PCA keeps 98 % of its own "
        "full score. The dimensions that separate one class from all others are not those that a "
        "model of all classes needs."
    )
    parts = (Paragraph(text, "quiet"), table(head, rows), Collapsible("By split", _by_split(found)))
    return Section("few", "One class against all others, as published", parts)


def _by_split(found: Explanation) -> HtmlTable:
    """Set the splits side by side: a random one flatters."""
    regimes = [regime for regime in PLACES if _has(found, regime)]
    head = ["class"]
    for regime in regimes:
        head += [f"score of all, {regime}", f"chance, {regime}", f"forward selection, {regime}"]
    rows = []
    for label in found.problem.classes:
        row = [name(label)]
        for regime in regimes:
            curve = found.curve(regime, "forward", label)
            if curve is None:
                row += [num(NOTHING)] * 3
                continue
            row += [num(number(curve.full)), num(number(curve.chance)), num(*few_text(curve.few))]
        rows.append(row)
    return table(head, rows)


def _with_all(found: Explanation, label: str) -> list[TableCell]:
    """Write a class's score with the dimensions that are chosen for all classes together."""
    k = found.together.k
    curve = found.curve(found.where, "joint", label)
    if not k:
        return []
    if curve is None or k > len(curve.score):
        return [num(NOTHING)]
    return [num(number(float(curve.score[k - 1])))]


def _row(found: Explanation, columns: list[tuple[str, str]], label: str) -> list[Curve | None]:
    return [found.curve(regime, way, label) for regime, way in columns]


def _curves(found: Explanation) -> Section:
    parts: list[FigureBox | Paragraph] = []
    n = len(found.problem.classes)
    if n > MOST:
        parts.append(Paragraph(f"The first {MOST} of {n} classes are shown.", "quiet"))
    for regime in dict.fromkeys((found.where, "out")):
        drawn = ablation_curves(found, regime)
        if drawn is not None:
            parts.append(
                FigureBox(
                    drawn,
                    f"Score by number of dimensions, {place(found, regime)}, mean over places; "
                    "band: 95 % interval over places; dot: smallest number that is enough; grey: "
                    "scores under randomised labels. 'Ranked by weight': in decreasing order of "
                    "the absolute standardised weights of a model of all dimensions.",
                )
            )
    return Section("curves", "Score by number of dimensions", tuple(parts))


def _contrast(found: Explanation) -> Section:
    result = found.contrast
    chance = (
        "over places, its size exceeds what chance reaches anywhere in the table in 1 of 20 cases"
        if result.over_places
        else (
            "its size exceeds chance in these places, which are too few to conclude anything for "
            "other places"
        )
    )
    text = (
        "Red: the class has higher values in that dimension than the typical other class; blue: "
        "lower (2 AUC - 1, by ranks within each place, mean over places). A dot: the sign is the "
        f"same in three quarters of the places, and {chance}."
    )
    found_any = int(result.found.any(axis=0).sum())
    if len(found.problem.bands) > MOST_BANDS:
        text += (
            f" {min(found_any, MOST_BANDS) or MOST_BANDS} of {len(found.problem.bands)} "
            f"dimensions are shown; {found_any} have a dot."
        )
    figure = FigureBox(class_by_dimension(found), text)
    return Section("contrast", "Where each class has distinctive values", (figure,))


def _roles(found: Explanation) -> Section:
    needed, raised = (Counter(r.name for r in part) for part in (found.needed, found.raised))
    asked = any(role.agreement for role in found.needed)
    sure = [Counter(r.name for r in p if r.is_confirmed) for p in (found.needed, found.raised)]
    rows = [
        [
            name(role),
            *(
                num(
                    count(all_[role]),
                    f"{some[role]} confirmed" if role != ROLES[0] and asked else "",
                )
                for all_, some in zip((needed, raised), sure, strict=True)
            ),
        ]
        for role in ROLES
    ]
    shown = [
        [
            name(a.band),
            TableCell(a.name if a.classes else NOTHING),
            TableCell(", ".join(a.classes), tone="names"),
            num(interval_text(a.low, a.high) or NOTHING),
            num(agreement_text(a)),
            TableCell(b.name if b.classes else NOTHING),
            TableCell(", ".join(b.classes), tone="names"),
            num(agreement_text(b)),
        ]
        for a, b in zip(found.needed, found.raised, strict=True)
        if a.classes or b.classes
    ]
    text = (
        "A dimension is a specialist if it serves one class, a low-, mid- or high-generalist if "
        "it serves two, three, or four and more. It is needed by a class whose smallest subset "
        "contains it, and raised in a class that has distinctively higher values in it. Many "
        "subsets perform equally well: where few places agree, a needed role is one solution "
        "among several, not a property of the dimension. 'Reweighted': the middle 95 % of the "
        "number of classes when the places are reweighted at random, with the same number of "
        f"dimensions for each class.{learned(found)}"
    )
    more = ""
    if len(shown_bands(found)) < len(found.problem.bands):
        more = f" {len(shown_bands(found))} of {len(found.problem.bands)} dimensions are shown."
    parts: list[FigureBox | Paragraph] = [
        Paragraph(text, "quiet"),
        FigureBox(
            role_chart(found),
            "The role of each dimension; pale where fewer than half of the places, years or "
            f"models confirm it.{more}",
        ),
    ]
    stability = stability_chart(found)
    if stability is not None:
        parts.append(
            FigureBox(
                stability,
                "Stability: the share of places, years or models in which, analysed alone, the "
                "dimension serves the same classes, among those with a class that it serves. For "
                "raised roles: in which all these classes have higher values there too.",
            )
        )
    head = ["dimension", "needed: role", "by", "reweighted", "same classes in"]
    head += ["raised: role", "in", "same classes in"]
    return Section(
        "roles",
        "Roles",
        (
            *parts,
            table(("role", "needed", "raised"), rows),
            Collapsible("Every dimension with a role", table(head, shown)),
        ),
    )


def _shadows(found: Explanation) -> tuple[Paragraph, ...]:
    """Say which dimensions are distinctive, but redundant with a selected one."""
    if not found.shadows:
        return ()
    pairs = [f"{band} by {other} ({label})" for (label, band), other in found.shadows.items()]
    told = listed(pairs, MOST)
    return (Paragraph(f"Distinctive, but redundant with a selected dimension: {told}."),)


def _has(found: Explanation, regime: str, how: str = "forward") -> bool:
    return any(c.regime == regime and c.how == how for c in found.curves)
