"""Verdicts in plain English."""

from bocage.core import counted, listed
from bocage.study._resample import ENOUGH_GROUPS
from bocage.study._story import Scored, Story, at_most

BASELINES = "baselines and controls not counted"
"""What the number of methods in a sentence leaves out, though the table lists it."""


def tell(story: Story) -> tuple[str, tuple[str, ...]]:
    """Write the sentence and the reasons of a verdict."""
    if story.status == "none":
        return _no_verdict(story), ()
    if story.status == "undecided":
        sentence = f"Undecided {story.task}. {_undecided(story)}"
    else:
        assert story.chosen is not None  # noqa: S101 - these statuses name their method
        why = _alike if story.status == "alike" else _decided
        sentence = (
            f"Use {story.title(story.chosen.method)} {story.task}. {_reached(story, story.chosen)} "
            f"{why(story, story.chosen)}"
        )
    return f"{sentence}{_more(story)}.{_scope(story)}", _reasons(story)


def _reached(story: Story, found: Scored) -> str:
    return f"Its {story.figure} is {story.scored(found)}."


def _scope(story: Story) -> str:
    """Say of which places a result within places speaks."""
    if story.where == "out" or not story.conditional:
        return ""
    new = "other" if story.places == 1 else "new"
    return f" These results are for {story.these}; nothing is claimed for {new} {story.noun.many}."


def _reasons(story: Story) -> tuple[str, ...]:
    noun = story.noun
    if story.by_groups:
        return (
            f"{story.places} held-out {noun.many}, fewer than {ENOUGH_GROUPS}: methods are "
            f"compared over {noun.many} ({counted(story.places - 1, 'degree')} of freedom, "
            "allowing for overlapping training sets)"
            + (", confidence intervals are over blocks within them" * story.conditional),
        )
    if not story.conditional:
        return ()
    tested = f"one {noun.one}" if story.places == 1 else f"{story.places} held-out {noun.many}"
    return (
        f"{tested}, fewer than {ENOUGH_GROUPS}: confidence intervals are over blocks within them",
    )


def _no_verdict(story: Story) -> str:
    best = (
        f"The highest score {story.task} is that of {story.title(story.best.method)}: "
        f"{story.figure} {story.scored(story.best)}"
    )
    one, many = story.noun.one, story.noun.many
    vary = "so the variability of the scores cannot be estimated"
    why = {
        "one place": f"only one {one} was tested, and others may differ",
        "told once": f"{story.figure} could be computed in one {one} only, and others may differ",
        "class once": f"no class is tested in two blocks of one {one}, {vary}",
        "class in one place": f"no class is tested in two {many}, {vary}",
        "no blocks": f"no {one} has two blocks, {vary}",
    }.get(story.why, f"there is only one {story.why}, and the best method may differ for another")
    return f"No verdict: {why}. {best}"


def _tested(story: Story) -> str:
    return f" in {story.these}" if story.by_groups else ""


def _more(story: Story) -> str:
    """Say what would help to decide, where it is open."""
    if story.status != "undecided" or (story.why == "floor" and not story.beaten_here):
        return ""
    if story.why == "coordinates" and not story.beaten_here:
        return ""
    if story.conditional and not story.by_groups:
        return "; more labelled blocks would help to decide"
    return f"; labels from more {story.noun.many} would help to decide"


def _undecided(story: Story) -> str:
    title, scored = story.title(story.best.method), story.scored(story.best)
    best = f"{title}, {story.figure} {scored},"
    if story.why in {"floor", "coordinates"} and story.beaten_here:
        return _only_here(story, best)
    elsewhere = f" in new {story.noun.many}" if story.by_groups else ""
    if story.why == "floor":
        return (
            f"No method is shown to beat the baseline that uses no features{elsewhere}. The "
            f"highest score is that of {title}, {story.figure} {scored}"
        )
    if story.why == "coordinates":
        xy = story.coordinates
        assert xy is not None  # noqa: S101 - this branch names its method
        held = (
            "higher than" if xy.loss < -story.margin else f"not shown to be worse{elsewhere} than"
        )
        return (
            f"Coordinates alone ({xy.method}) reached a {story.figure} of {xy.score}, {held} the "
            f"best method that uses other features, {title}, {story.figure} {scored}. The model "
            "may have learned locations rather than what is there, so no method is recommended for "
            f"new {story.noun.many}"
        )
    if story.why == "cheaper" and story.cheaper:
        costs = "costs" if len(story.cheaper) == 1 else "cost"
        return (
            f"The highest score{_tested(story)} is that of {best} but {listed(story.cheaper, 3)} "
            f"{costs} less and may be within the margin of {story.margin:g} of it"
        )
    return (
        f"The highest score{_tested(story)} of {story.n_methods} methods ({BASELINES}) is that of "
        f"{best} but this may be due to chance: another method may be better by up to "
        f"{at_most(story.best.upper)}, more than the margin of {story.margin:g}"
    )


def _only_here(story: Story, best: str) -> str:
    """Say what is true of these places, and that so few can't show it of another."""
    rival, xy = "the baseline that uses no features", story.coordinates
    if story.why == "coordinates" and xy is not None:
        rival = f"coordinates alone ({xy.method}, {story.figure} {xy.score})"
    noun = story.noun
    return (
        f"In {story.these}, {best} is better than {rival}, but so few {noun.many} cannot show that "
        f"it would be better in a new {noun.one}, and no method is recommended there"
    )


def _alike(story: Story, chosen: Scored) -> str:
    if chosen.method == story.best.method:
        cheapest = (
            "" if story.cheaper else f" and it is the cheapest of {story.n_methods} ({BASELINES})"
        )
        return (
            f"This is the highest score{_tested(story)}{cheapest}, but another method may be "
            f"better by at most {at_most(chosen.upper)}{_open(story)}"
        )
    cheapest = "" if story.cheaper else ", and it is the cheapest method of which this is true"
    return (
        f"No method is shown to be better by more than the margin of {story.margin:g}{cheapest}; "
        f"at most {at_most(chosen.upper)} is lost against the highest score ({story.best.method}, "
        f"{story.best.score.value:.2f}){_open(story)}"
    )


def _open(story: Story) -> str:
    """Name what would cost less and may do as well."""
    if not story.cheaper:
        return ""
    verb = "costs" if len(story.cheaper) == 1 else "cost"
    return (
        f"; {listed(story.cheaper, 3)} {verb} less, and with all methods considered at once a loss "
        "of more than the margin is not shown"
    )


def _decided(story: Story, chosen: Scored) -> str:
    margin = f"the margin of {story.margin:g}"
    if chosen.method != story.best.method:
        text = (
            f"This is at most {at_most(chosen.upper)} below the highest score "
            f"({story.best.method}, {story.best.score.value:.2f}), and it is the cheapest of "
            f"{story.n_qualify} methods shown to be within {margin}"
        )
    elif story.n_methods == 1:
        text = "It is the only method compared"
    elif chosen.method == story.cheapest:
        text = (
            f"It is both the best and the cheapest of {story.n_methods} methods ({BASELINES}; "
            f"margin {story.margin:g})"
        )
    elif story.n_qualify > 1:
        text = (
            f"This is the highest score, and it is the cheapest of {story.n_qualify} methods shown "
            f"to be within {margin}"
        )
    elif story.cheaper:
        text = "This is the highest score"
    else:
        text = (
            f"This is the highest score; every cheaper method is shown to lose more than {margin}"
        )
    return text + _open(story)
