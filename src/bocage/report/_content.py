"""What the page says: plain values, so that the report knows nothing of how they were found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bocage.report._evidence import (
    BlockSize,
    ClassScore,
    ErrorPanel,
    ObjectScore,
    PlaceScores,
    ReliabilityCurve,
    SplitPanel,
    SplitUse,
    ValueScore,
)
from bocage.report._recipe import Blank, Recipe
from bocage.splits import FoldReport
from bocage.stats import Estimate
from bocage.study import Drawn, Drop, GroupDifference, Loss, Point, Worth

Status = Literal["decided", "alike", "undecided", "none"]


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A method that was compared.

    Attributes
    ----------
    name : str
        As it is written everywhere else on the page, such as ``aef:logistic``.
    inputs, model, strategy : str
    is_control : bool
        Floors and controls are drawn thin and grey: they are there to be beaten.
    """

    name: str
    inputs: str = ""
    model: str = ""
    strategy: str = ""
    is_control: bool = False


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A label budget, in the order of the page (``name`` is short: ``5``, ``20``, ``all``)."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Score:
    """One figure of one method in one domain at one budget, over all folds and repeats.

    Attributes
    ----------
    method, budget, domain, metric : str
        Names; domain is ``in``, ``out``, ``local``, ``both`` or ``random``.
    score : Estimate
    n_labels : float
        Labels that were learned from, on average (the budget's own labels: for ``both`` the
        local ones); the horizontal place of a curve's point.
    n_repeats : int
    """

    method: str
    budget: str
    domain: str
    metric: str
    score: Estimate
    n_labels: float
    n_repeats: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one place and one budget.

    Attributes
    ----------
    where : str
        ``out`` or ``local``.
    budget : str
    status : {"decided", "alike", "undecided", "none"}
        ``alike`` where methods can't be told apart and the cheapest is taken; ``none`` where a
        verdict can't be given at all (one place, one event); say why in `reasons`.
    sentence : str
        The answer in one sentence.
    method, best : str
        The method to take and the one with the highest score; empty without.
    score, loss : Estimate or None
        Score of `method`, and what it loses against the best.
    qualifies : tuple of str
        Methods whose loss has an upper bound below the margin, cheapest first.
    ties : tuple of str
        Methods that cost as little as `method`.
    cost : str
        What the method costs, in words.
    margin : float
    interval_kind : str
        Such as ``conditional on these four places``.
    reasons : tuple of str
        What else the answer stands on.
    """

    where: str
    budget: str
    status: Status
    sentence: str
    method: str = ""
    best: str = ""
    score: Estimate | None = None
    loss: Estimate | None = None
    qualifies: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    cost: str = ""
    margin: float = float("nan")
    interval_kind: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What one method costs at one budget, median over runs; NaN where unknown.

    Attributes
    ----------
    n_labels : float
    n_parameters, n_trainable : float
    fit_seconds, predict_seconds : float
        Seconds of one fit with its tuning, and of predicting 1,000 samples.
    peak_mebibytes, artifact_bytes : float
    device : str
    """

    method: str
    budget: str
    n_labels: float = float("nan")
    n_parameters: float = float("nan")
    n_trainable: float = float("nan")
    fit_seconds: float = float("nan")
    predict_seconds: float = float("nan")
    peak_mebibytes: float = float("nan")
    artifact_bytes: float = float("nan")
    device: str = ""


@dataclass(frozen=True, slots=True)
class ReportContent:
    """All that one page shows. Sections whose tuple is empty are left out.

    Attributes
    ----------
    title : str
    kind : {"classification", "regression"}
    metric : str
        Main score, such as ``balanced_accuracy``.
    summary : str
        One line on what was compared: samples, classes, groups, what is left out.
    synthetic : bool
        Puts a banner over the page.
    notes : tuple of str
        What a reader of any result must know.
    methods, budgets : tuple
        In the order in which the page shows them.
    classes, groups : tuple of str
    group_word : str
        What a group is: ``region``, ``year``.
    unit : str
        Unit of a regression target.
    verdict : Verdict or None
        The one that was asked for; drawn large.
    verdicts : tuple of Verdict
        One a place and budget.
    label_word : str
        What labels are counted in: ``labels``, ``chips``, ``labelled pixels``.
    chance : float
        Main score of blind guessing; NaN without.
    scores : tuple of Score
        Curves come from the main score, the table of figures from all.
    shown : str
        The method that stands for all where one is shown: the one to take, or the best.
    drops : mapping of budget to tuple of Drop
    worth : tuple of Worth
        How many local labels equal all labels from elsewhere, method by method.
    cost_axis : {"artifact_bytes", "fit_seconds", "n_labels"}
        Which cost is drawn against the score.
    cost_where, cost_budget : str
        Domain and budget whose score that figure shows.
    reliability : tuple of ReliabilityCurve
    reliability_of, class_of, differences_of, error_of : str
        What those sections show, in words: ``all labels from elsewhere``.
    class_scores : tuple of ClassScore
        By class and left-out group, of the method shown.
    by : str
        Column that scores are reported by; empty without.
    by_where : str
        Domain of those scores.
    value_scores : tuple of ValueScore
    object_scores : tuple of ObjectScore
        Of a segmentation, at the verdict's place and budget.
    drawn : tuple of Drawn
        How many labels every budget got.
    differences : tuple of GroupDifference
    errors : tuple of ErrorPanel
        One a group, of the method shown.
    split_name : str
        Such as ``leave region, blocks of 20 km``.
    use : SplitUse, optional
        Which split fits the use, and the distances that say so.
    split_panels, folds, degraded, block_sizes : tuple
        The split: its map, its diagnostics, what was relaxed, and how much the size matters.
    higher_is_better : bool
        Which way the main score runs.
    losses : tuple of Loss
        What the verdict found of every method, the study's own values.
    by_place : tuple of PlaceScores
        Main score of every method in every place, where the verdict was asked for.
    places_of : str
        Of which labels, in words.
    """

    title: str
    kind: Literal["classification", "regression", "segmentation"]
    metric: str
    methods: tuple[MethodRow, ...]
    budgets: tuple[BudgetRow, ...]
    scores: tuple[Score, ...]
    recipe: Recipe
    summary: str = ""
    synthetic: bool = False
    notes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    group_word: str = "group"
    unit: str = ""
    verdict: Verdict | None = None
    verdicts: tuple[Verdict, ...] = ()
    label_word: str = "labels"
    shown: str = ""
    chance: float = float("nan")
    drops: Mapping[str, tuple[Drop, ...]] = field(default_factory=dict)
    worth: tuple[Worth, ...] = ()
    costs: tuple[Cost, ...] = ()
    cost_axis: Literal["artifact_bytes", "fit_seconds", "n_labels"] = "artifact_bytes"
    cost_where: str = "out"
    cost_budget: str = "all"
    reliability: tuple[ReliabilityCurve, ...] = ()
    reliability_of: str = ""
    class_scores: tuple[ClassScore, ...] = ()
    class_of: str = ""
    by: str = ""
    by_where: str = ""
    value_scores: tuple[ValueScore, ...] = ()
    object_scores: tuple[ObjectScore, ...] = ()
    differences: tuple[GroupDifference, ...] = ()
    differences_of: str = ""
    errors: tuple[ErrorPanel, ...] = ()
    error_of: str = ""
    split_name: str = ""
    use: SplitUse | None = None
    split_panels: tuple[SplitPanel, ...] = ()
    folds: tuple[FoldReport, ...] = ()
    degraded: tuple[str, ...] = ()
    block_sizes: tuple[BlockSize, ...] = ()
    protocol: tuple[Point, ...] = ()
    blanks: tuple[Blank, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    higher_is_better: bool = True
    losses: tuple[Loss, ...] = ()
    by_place: tuple[PlaceScores, ...] = ()
    places_of: str = ""

    @property
    def sign(self) -> int:
        """1 where a higher main score is better, -1 where a lower one is."""
        return 1 if self.higher_is_better else -1

    @property
    def worth_sentence(self) -> str:
        """What labels from elsewhere are worth to the method that is shown; empty without."""
        return next((w.sentence for w in self.worth if w.method == self.shown), "")
