"""What the page says: the study's own values, and what is gathered for figures and tables."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bocage.core import Kind
from bocage.metrics import Metric
from bocage.report._evidence import (
    BlockSize,
    ClassScore,
    ConfusionMatrix,
    ErrorPanel,
    ObjectScore,
    Observed,
    PlaceScores,
    Ranking,
    ReliabilityCurve,
    SplitPanel,
    SplitUse,
    ValueScore,
)
from bocage.report._reproduction import Blank, Reproduction
from bocage.splits import Budget, FoldReport
from bocage.stats import Estimate
from bocage.study import (
    PLACES,
    BudgetLine,
    Drawn,
    Drop,
    LabelEquivalence,
    Noun,
    Point,
    Unfinished,
    Verdict,
)


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
    by_fold : bool
        Whether it is averaged over folds of several places, and not over these.
    """

    method: str
    budget: str
    domain: str
    metric: str
    score: Estimate
    n_labels: float
    n_repeats: int = 1
    by_fold: bool = False


@dataclass(frozen=True, slots=True)
class MethodCost:
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
    kind : Kind
        Of the task.
    figure : Metric
        Main score.
    summary : str
        One line on what was compared: samples, classes, groups, what is left out.
    synthetic : bool
        Puts a banner over the page.
    unfinished : Unfinished, optional
        How many of the planned runs are missing; stands before all else.
    notes : tuple of str
        What a reader of any result must know.
    methods, budgets : tuple
        In the order in which the page shows them.
    largest : Budget, optional
        The largest budget that any method has all its runs at; the last one unless given.
    classes, groups : tuple of str
    noun : Noun
        What a group is called: ``region``, ``year``.
    unit : str
        Unit of a regression target.
    place : str
        Where the verdict was asked for: ``out`` or ``local``.
    asked : BudgetLine or None
        The one that was asked for; drawn large.
    lines : tuple of BudgetLine
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
    worth : tuple of LabelEquivalence
        How many local labels equal all labels from elsewhere, method by method.
    cost_axis : {"artifact_bytes", "fit_seconds", "n_labels"}
        Which cost is drawn against the score.
    reliability : tuple of ReliabilityCurve
    class_scores : tuple of ClassScore
        By class and left-out group, of the method shown.
    confusion : ConfusionMatrix, optional
    ranking : Ranking, optional
        Of two classes.
    observed : Observed, optional
        Of a regression.
    by : str
        Column that scores are reported by; empty without.
    value_scores : tuple of ValueScore
    object_scores : tuple of ObjectScore
        Of a segmentation, at the verdict's place and budget.
    drawn : tuple of Drawn
        How many labels every budget got.
    errors : tuple of ErrorPanel
        One a group, of the method shown.
    errors_note : str
        What is said of the file beside the page that lists the errors; empty without.
    split_name : str
        Such as ``leave region, blocks of 20 km``.
    folds_given : bool
        Whether folds were made elsewhere, and so need not be places.
    use : SplitUse, optional
        Which split fits the use, and the distances that say so.
    split_panels, folds, degraded, block_sizes : tuple
        The split: its map, its diagnostics, what was relaxed, and how much the size matters.
    by_place : tuple of PlaceScores
        Main score of every method in every place, where the verdict was asked for.
    """

    title: str
    kind: Kind
    figure: Metric
    methods: tuple[MethodRow, ...]
    budgets: tuple[Budget, ...]
    scores: tuple[Score, ...]
    recipe: Reproduction
    summary: str = ""
    synthetic: bool = False
    unfinished: Unfinished | None = None
    notes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    noun: Noun = PLACES
    unit: str = ""
    place: str = "out"
    asked: BudgetLine | None = None
    lines: tuple[BudgetLine, ...] = ()
    label_word: str = "labels"
    shown: str = ""
    chance: float = float("nan")
    drops: Mapping[str, tuple[Drop, ...]] = field(default_factory=dict, hash=False)
    worth: tuple[LabelEquivalence, ...] = ()
    costs: tuple[MethodCost, ...] = ()
    cost_axis: Literal["artifact_bytes", "fit_seconds", "n_labels"] = "artifact_bytes"
    reliability: tuple[ReliabilityCurve, ...] = ()
    class_scores: tuple[ClassScore, ...] = ()
    confusion: ConfusionMatrix | None = None
    ranking: Ranking | None = None
    observed: Observed | None = None
    by: str = ""
    value_scores: tuple[ValueScore, ...] = ()
    object_scores: tuple[ObjectScore, ...] = ()
    errors: tuple[ErrorPanel, ...] = ()
    errors_note: str = ""
    largest: Budget | None = None
    split_name: str = ""
    folds_given: bool = False
    use: SplitUse | None = None
    split_panels: tuple[SplitPanel, ...] = ()
    folds: tuple[FoldReport, ...] = ()
    degraded: tuple[str, ...] = ()
    split_notes: tuple[str, ...] = ()
    block_sizes: tuple[BlockSize, ...] = ()
    protocol: tuple[Point, ...] = ()
    blanks: tuple[Blank, ...] = ()
    drawn: tuple[Drawn, ...] = ()
    by_place: tuple[PlaceScores, ...] = ()

    @property
    def metric(self) -> str:
        """Name of the main score, such as ``balanced_accuracy``."""
        return self.figure.name

    @property
    def sign(self) -> int:
        """1 where a higher main score is better, -1 where a lower one is."""
        return self.figure.sign

    @property
    def verdict(self) -> Verdict | None:
        """The answer at the budget asked for."""
        return self.asked.verdict if self.asked else None

    @property
    def full(self) -> Budget:
        """The largest budget with runs: where costs, classes, errors and confidence are shown."""
        if self.largest is not None:
            return self.largest
        return self.budgets[-1] if self.budgets else Budget(math.inf)

    @property
    def at(self) -> Budget:
        """The budget of the verdict; the largest without one."""
        label = self.verdict.budget if self.verdict else ""
        return next((b for b in self.budgets if b.label == label), self.full)

    @property
    def worth_sentence(self) -> str:
        """What labels from elsewhere are worth to the method that is shown; empty without."""
        return next((w.sentence for w in self.worth if w.method == self.shown), "")
