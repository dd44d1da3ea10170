"""The whole answer: curves, smallest subsets, contrasts, roles and redundancy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError
from bocage.dimensions._ablation import Ablation
from bocage.dimensions._chance import chance
from bocage.dimensions._contrast import Contrast, contrast
from bocage.dimensions._curves import Curve, Few, curves
from bocage.dimensions._explained import AnyExplanation, general_notes, other_regime, regime_of
from bocage.dimensions._linear import DEPTH
from bocage.dimensions._linear_path import Moments, NormalEquations
from bocage.dimensions._nonlinear import Bent, bent
from bocage.dimensions._orders import forward
from bocage.dimensions._problem import FEW, Problem
from bocage.dimensions._published import Published, published
from bocage.dimensions._redundancy import Redundancy
from bocage.dimensions._roles import Role, roles
from bocage.dimensions._stability import drawn, levels
from bocage.dimensions._together import CLASS_MARGIN, MARGIN, Together, together
from bocage.metrics import too_good

NO_NUMBER = Few(None)


@dataclass(frozen=True, slots=True)
class Subset:
    """Dimensions chosen from all labels by the published rule, and how they were judged.

    Attributes
    ----------
    label : str
        The class that is told from all others; empty for the mean over classes.
    bands : tuple of str
        In the order of choice; empty where no number is enough.
    score, full : float
        Scores of as many dimensions and of all, chosen with all labels but those that are tested;
        2 x balanced accuracy - 1, mean over places (and over classes for all together).
    few : Few
        How many dimensions are enough, with an interval.
    """

    label: str
    bands: tuple[str, ...]
    score: float
    full: float
    few: Few = NO_NUMBER

    @property
    def k(self) -> int:
        """How many dimensions are chosen."""
        return len(self.bands)


@dataclass(frozen=True, kw_only=True)
class Explanation(AnyExplanation):
    """What dimensions of one input do for the classes of one task; see also `AnyExplanation`.

    Attributes
    ----------
    subsets : tuple of Subset
        One a class.
    one_vs_rest, elsewhere : Subset
        One for all classes by the published rule, the mean of one class against all others; and
        the same where labels come from the other regime, without dimensions where there is none.
    bent : tuple of Bent
        Classes that no straight line tells, and trees do.
    contrast : Contrast
    needed : tuple of Role
        Roles by the subsets: a class is served if its smallest subset holds the dimension.
    raised : tuple of Role
        Roles by contrast: a class is served if the dimension stands higher there than in the
        typical other class.
    shadows : mapping of (str, str) to str
        Dimensions that are distinctive of a class but that its subset leaves out because it holds
        one that is alike: (class, dimension) to that one.
    campaign : Published, optional
        What experiments with tree models say.
    """

    subsets: tuple[Subset, ...]
    one_vs_rest: Subset
    elsewhere: Subset
    bent: tuple[Bent, ...]
    contrast: Contrast
    needed: tuple[Role, ...]
    raised: tuple[Role, ...]
    shadows: Mapping[tuple[str, str], str]
    campaign: Published | None = None

    @property
    def is_told(self) -> bool:
        """Whether a straight line tells any class."""
        return len(self.left_out) < self.problem.n_classes

    @property
    def left_out(self) -> tuple[str, ...]:
        """Classes that a straight line tells no better than chance, or with too few samples."""
        known = {
            c.label
            for c in self.curves
            if (c.regime, c.how) == (self.where, "joint") and c.is_known
        }
        return tuple(label for label in self.problem.classes if label not in known)

    @property
    def too_few(self) -> tuple[str, ...]:
        """Classes with too few samples to ask."""
        asked = {c.label for c in self.curves if (c.regime, c.how) == (self.where, "joint")}
        return tuple(label for label in self.problem.classes if label not in asked)

    @property
    def in_file(self) -> Mapping[str, Any]:
        """What a subset file says of classes."""
        told = [label for label in self.problem.classes if label not in self.left_out]
        score = "mean recall of the distinguished classes" if self.left_out else "balanced accuracy"
        return {
            "model": f"logistic regression of all classes, {score}",
            "told": told,
            # One class against all others, 98 % of the score: as published.
            "classes": {s.label: list(s.bands) for s in self.subsets},
            "only_by_trees": {b.label: list(b.bands) for b in self.bent},
        }


def explain(
    problem: Problem,
    ablations: Iterable[Ablation],
    where: str = "",
    margin: float = MARGIN,
    class_margin: float = CLASS_MARGIN,
) -> Explanation:
    """Put everything together.

    Parameters
    ----------
    problem : Problem
    ablations : iterable of Ablation
    where : {"local", "out", "random"}, optional
        Regime that subsets are judged by; as in a comparison ``out`` where there is such a fold.
    margin, class_margin : float
        Balanced accuracy that the subset for all classes may lose, and recall that each class may.

    Raises
    ------
    SettingsError
        If nothing was tested in that regime.
    DataError
        If no class has enough samples.
    """
    done = tuple(ablations)
    regimes = {item.regime for item in done if item.model == "ridge"}
    if not regimes:
        raise DataError(
            f"no class has {FEW} training samples, and {FEW} training samples of other classes; "
            f"expected more labels than these {len(problem.task):,}"
        )
    where = regime_of(where, regimes)
    made = curves(done, chance(problem))
    judged = {(c.how, c.label): c for c in made if c.regime == where and c.model == "ridge"}
    every = Moments.of(problem.X, problem.codes, problem.n_classes).one_vs_rest()
    subsets = _subsets(problem, every, judged)
    enough = [subset.k for subset in subsets]
    known = {c.label for c in made if (c.regime, c.how) == (where, "joint") and c.is_known}
    asked = {c.label for c in made if (c.regime, c.how) == (where, "joint") and c.label}
    among = np.array([label in known for label in problem.classes])
    whole = Together(where, margin=margin, class_margin=class_margin)
    if among.any():
        whole = together(problem, done, where, among, margin, class_margin)
    X, codes = problem.X, problem.codes
    stand_out = contrast(
        X, codes, problem.n_classes, problem.split.group, problem.split.block, problem.xy
    )
    redundancy = Redundancy.of(X, problem.split.group)
    position = {band: at for at, band in enumerate(problem.bands)}
    held = _table(problem, {s.label: [position[b] for b in s.bands] for s in subsets})
    shadows = {}
    for code, at in zip(*np.nonzero(stand_out.found & ~held), strict=True):
        other = redundancy.shadowed_by(int(at), tuple(np.flatnonzero(held[code]).tolist()))
        if other is not None:
            shadows[problem.classes[code], problem.bands[at]] = problem.bands[other]
    raised = stand_out.found & (stand_out.effect > 0)
    alone = levels(problem, enough)
    return Explanation(
        problem=problem,
        where=where,
        curves=made,
        subsets=subsets,
        together=whole,
        one_vs_rest=_one_vs_rest(problem, every, made, where),
        elsewhere=_one_vs_rest(problem, every, made, other_regime(where)),
        bent=bent(problem, where, [c for c in problem.classes if c in asked - known]),
        contrast=stand_out,
        needed=roles(
            problem.bands,
            problem.classes,
            held,
            {each.over: (each.needed, each.known) for each in alone},
            drawn(problem, enough),
        ),
        raised=roles(
            problem.bands,
            problem.classes,
            raised,
            {each.over: (each.raised & raised, each.known) for each in alone},
        ),
        shadows=shadows,
        redundancy=redundancy,
        campaign=published(problem, done),
        notes=_notes(problem, redundancy, whole),
    )


def _subsets(
    problem: Problem, every: NormalEquations, judged: Mapping[tuple[str, str], Curve]
) -> tuple[Subset, ...]:
    """Choose dimensions for each class with all labels, as many as were enough on the folds."""
    order = forward(every, min(problem.X.shape[1], DEPTH))
    subsets = []
    for code, label in enumerate(problem.classes):
        curve = judged.get(("pooled", label))
        k = 0 if curve is None or curve.few.k is None else curve.few.k
        subsets.append(
            Subset(
                label,
                tuple(problem.bands[at] for at in order[code, :k]),
                float(curve.score[k - 1]) if curve is not None and k else float("nan"),
                float("nan") if curve is None else curve.full,
                Few(None) if curve is None else curve.few,
            )
        )
    return tuple(subsets)


def _one_vs_rest(
    problem: Problem, every: NormalEquations, made: tuple[Curve, ...], regime: str
) -> Subset:
    """Choose dimensions for all classes that are told from the others, by the published rule."""
    found = next((c for c in made if (c.regime, c.how, c.label) == (regime, "joint", "")), None)
    if found is None:
        return Subset("", (), float("nan"), float("nan"))
    own = {c.label for c in made if (c.regime, c.how) == (regime, "joint") and c.is_known}
    among = np.array([label in own for label in problem.classes])
    order = forward(every, min(problem.X.shape[1], DEPTH), joint=among)[0]
    k = found.few.k or 0
    bands = tuple(problem.bands[at] for at in order[:k])
    score = float(found.score[k - 1]) if k else float("nan")
    return Subset("", bands, score, found.full, found.few)


def _table(problem: Problem, held: Mapping[str, list[int]]) -> NDArray[np.bool_]:
    made = np.zeros((problem.n_classes, len(problem.bands)), dtype=bool)
    for label, positions in held.items():
        made[problem.classes.index(label), positions] = True
    return made


def _notes(problem: Problem, redundancy: Redundancy, whole: Together) -> tuple[str, ...]:
    notes = general_notes(problem, redundancy)
    if len(problem.split.groups) == 1:
        notes.append(
            "there is only one place, so nothing can be concluded for other places, and there "
            "are no intervals over places; name a column of places with --leave"
        )
    rare = [c for c, n in zip(problem.classes, _counts(problem), strict=True) if n < 20]  # noqa: PLR2004
    if rare:
        notes.append(
            f"fewer than 20 samples: {', '.join(rare)}; results for so few samples are mostly "
            "due to chance"
        )
    notes += too_good(whole.trials[0].found.full) if whole.trials else ()
    return tuple(dict.fromkeys(notes))


def _counts(problem: Problem) -> list[int]:
    return np.bincount(problem.codes, minlength=problem.n_classes).tolist()  # type: ignore[no-any-return]
