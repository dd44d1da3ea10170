"""The page of an explanation of classes."""

from collections import Counter

from bocage.core import counted, listed
from bocage.explain import DEPTH, KEEP, ROLES, ClassMaps, Curve, Explanation, Piece
from bocage.report._explain_campaign import campaign_section
from bocage.report._explain_figures import (
    MOST_BANDS,
    ablation_curves,
    class_by_dimension,
    role_chart,
    shown_bands,
    stability_chart,
)
from bocage.report._explain_telling import Lines, Telling, Use, learned, redundancy_section
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
    Cell,
    FigureBox,
    Fold,
    Section,
    Table,
    Words,
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
            return "Few are enough"
        return "No small subset" if found.is_told or found.bent else "Nothing found"

    def piece(self, maps: ClassMaps) -> Piece:
        """Return the piece of raster that is drawn on."""
        return maps.piece

    def sections(self, found: Explanation, maps: ClassMaps | None, use: Use) -> tuple[Section, ...]:
        """Tell class by class."""
        more = ""
        if found.where == "local" and found.elsewhere.bands:
            more = (
                "They are enough inside these places; --where out chooses for places without "
                "labels."
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
                told = listed(subset.bands, MOST) if curve.is_known else "not told"
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
    head += [f"with the {k} for all"] if k else []
    head += [f"{WAY_NAMES[way]}, {regime}" for regime, way in columns]
    head += ["by accuracy", "dimensions, from all labels"]
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
                Cell(", ".join(subset.bands) or NOTHING, tone="names"),
            ]
        )
    text = (
        f"The published rule (Benavides-Martinez et al. 2026, arXiv 2603.16911): the smallest "
        f"number of dimensions that keeps {KEEP:.0%} of the score of all, with its 95 % interval "
        "over places (Student's; wider where few were left out in turn). The score is "
        "2 x balanced accuracy - 1 of one class against all "
        "others (0: chance, 1: perfect), of ridge classifiers. Undefined where no straight line "
        "tells the class: all dimensions are no better than what labels without meaning, moved "
        "about with their neighbours, reach for any of the classes in 1 of 20 cases; or none of "
        f"the first {min(DEPTH, len(found.problem.bands))} subsets is enough. 'One by one': chosen "
        "anew in each place, without the labels tested; 'chosen with all': one choice from all "
        "labels but those tested, as the listed dimensions were chosen (with all labels). 'By "
        "accuracy' follows the larger side, as published. PCA keeps 98 % of its own full score. "
        "What keeps one class apart from all others is not what a model of all classes needs."
    )
    parts = (Words(text, "quiet"), table(head, rows), Fold("By split", _by_split(found)))
    return Section("few", "One class against all others, as published", parts)


def _by_split(found: Explanation) -> Table:
    """Set the splits side by side: a random one flatters."""
    regimes = [regime for regime in PLACES if _has(found, regime)]
    head = ["class"]
    for regime in regimes:
        head += [f"score of all, {regime}", f"chance, {regime}", f"one by one, {regime}"]
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


def _with_all(found: Explanation, label: str) -> list[Cell]:
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
    parts: list[FigureBox | Words] = []
    n = len(found.problem.classes)
    if n > MOST:
        parts.append(Words(f"The first {MOST} of {n} classes are drawn.", "quiet"))
    for regime in dict.fromkeys((found.where, "out")):
        drawn = ablation_curves(found, regime)
        if drawn is not None:
            parts.append(
                FigureBox(
                    drawn,
                    f"Score by number of dimensions, {place(found, regime)}, mean over places; "
                    "band: 95 % interval over places; dot: enough; grey: what labels without "
                    "meaning reach. 'By weight': the largest standardised weights of a model of "
                    "all dimensions come first.",
                )
            )
    return Section("curves", "With one dimension, with two, with all", tuple(parts))


def _contrast(found: Explanation) -> Section:
    result = found.contrast
    chance = (
        "beyond what chance does anywhere in the table in 1 of 20 cases, over places"
        if result.over_places
        else "beyond chance in these places; nothing follows for others, of which too few are here"
    )
    text = (
        "Red: the class stands higher in that dimension than the typical other class; blue: lower "
        "(2 AUC - 1 by ranks within each place, mean over places). A dot: so in three quarters of "
        f"the places and {chance}."
    )
    found_any = int(result.found.any(axis=0).sum())
    if len(found.problem.bands) > MOST_BANDS:
        text += (
            f" Drawn are {min(found_any, MOST_BANDS) or MOST_BANDS} of "
            f"{len(found.problem.bands)} dimensions; {found_any} have a dot."
        )
    figure = FigureBox(class_by_dimension(found), text)
    return Section("contrast", "Where each class stands apart", (figure,))


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
            Cell(a.name if a.classes else NOTHING),
            Cell(", ".join(a.classes), tone="names"),
            num(interval_text(a.low, a.high) or NOTHING),
            num(agreement_text(a)),
            Cell(b.name if b.classes else NOTHING),
            Cell(", ".join(b.classes), tone="names"),
            num(agreement_text(b)),
        ]
        for a, b in zip(found.needed, found.raised, strict=True)
        if a.classes or b.classes
    ]
    text = (
        "A dimension is a specialist if it serves one class, a low-, mid- or high-generalist if it "
        "serves two, three, or four and more. It is needed by a class whose smallest subset holds "
        "it, and raised in a class that stands apart by higher values. Many subsets do equally "
        "well: where few places agree, a needed role is one answer among several, and no property "
        "of the dimension. 'Weighed anew': the middle 95 % of the number of classes when places "
        "weigh otherwise, with as many dimensions for each class."
        f"{learned(found)}"
    )
    more = ""
    if len(shown_bands(found)) < len(found.problem.bands):
        more = f" {len(shown_bands(found))} of {len(found.problem.bands)} dimensions are drawn."
    parts: list[FigureBox | Words] = [
        Words(text, "quiet"),
        FigureBox(
            role_chart(found),
            "The role of each dimension; pale where less than half of the places, years or "
            f"models confirm it.{more}",
        ),
    ]
    stability = stability_chart(found)
    if stability is not None:
        parts.append(
            FigureBox(
                stability,
                "Stability: share of the places, years or models by which, asked alone, the "
                "dimension serves the same classes, among those that know one that it serves. Of "
                "raised roles: in which all these classes stand higher there too.",
            )
        )
    head = ["dimension", "needed: role", "by", "weighed anew", "same classes in"]
    head += ["raised: role", "in", "same classes in"]
    return Section(
        "roles",
        "Roles",
        (
            *parts,
            table(("role", "needed", "raised"), rows),
            Fold("Every dimension with a role", table(head, shown)),
        ),
    )


def _shadows(found: Explanation) -> tuple[Words, ...]:
    """Say which dimensions stand apart, but are left out beside one that is alike."""
    if not found.shadows:
        return ()
    pairs = [f"{band} by {other} ({label})" for (label, band), other in found.shadows.items()]
    told = listed(pairs, MOST)
    return (Words(f"Stand apart, but say what a chosen dimension says already: {told}."),)


def _has(found: Explanation, regime: str, how: str = "forward") -> bool:
    return any(c.regime == regime and c.how == how for c in found.curves)
