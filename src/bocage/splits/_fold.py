"""The values of the splits room: folds, and the split that holds them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bocage.core import Ints, counted
from bocage.splits._words import AREA_LEAVES, in_places, noun, nouns

Regime = Literal["out", "local", "both", "random", "random-units", "local-half", "local-double"]
"""Where the labels come from. `random` deals samples wherever they stand, `random-units` keeps
together what stays together elsewhere; the last two are `local` at half and double block size."""

REGIMES: tuple[Regime, ...] = (
    "out",
    "local",
    "both",
    "random",
    "random-units",
    "local-half",
    "local-double",
)


@dataclass(frozen=True, slots=True)
class Fold:
    """Who may learn from whom, and who is tested.

    Attributes
    ----------
    name : str
        Unique in its split, such as ``local/iowa_ag/2``.
    regime : str
        Where the labels come from; see `REGIMES`.
    held_out : str
        The group, or the merged groups, that the fold tests.
    pool : ndarray of int64
        Rows that a budget is drawn from, ascending.
    always : ndarray of int64
        Rows that are learned from whatever the budget (`both`: all labels from elsewhere).
    tests : mapping of str to ndarray of int64
        Test rows of each domain: ``out`` folds test ``out`` and ``in``, others their own regime.
    """

    name: str
    regime: Regime
    held_out: str
    pool: Ints
    always: Ints
    tests: Mapping[str, Ints]


@dataclass(frozen=True, slots=True)
class Split:
    """All folds of a comparison, with what was chosen and what was relaxed.

    Attributes
    ----------
    leave : str
        What is left out: a group column, ``a+b`` for combinations, ``blocks``, ``clusters``,
        ``knndm`` or ``none``.
    groups : tuple of str
        The groups, in the order of `group`.
    group : ndarray of int64, shape (n,)
        Which group each sample belongs to.
    fold_of_group : ndarray of int64, shape (n_groups,)
        Which test fold each group was merged into.
    blocks : tuple of str
        Names of the square blocks (or of whole groups that could not be cut).
    block : ndarray of int64, shape (n,)
        Which block each sample lies in; scores are resampled by block.
    block_metres : mapping of str to float
        Side of the blocks of each group in metres; 0 where the group could not be cut.
    folds : tuple of Fold
    share : str
        What may be learned from in other groups although it is tested; see `SplitSettings`.
    known : float
        Share of the tests of `out` whose place (or what else is shared) is learned from.
    forward : bool
        Whether only earlier groups are learned from.
    fixed : str
        The groups tested and learned from, in words, where that was set.
    degraded : tuple of str
        What had to be relaxed, and why: shown loudly.
    notes : tuple of str
        Other things a reader must know.
    terms : tuple of str
        What else decided it: the content of the area to be mapped, a buffer.
    given : str
        Where folds that were made elsewhere come from, in words; empty for all others.
    key : str
        Hash of what a split does to the samples; the same on every machine and in any row order.
    """

    leave: str
    groups: tuple[str, ...]
    group: Ints
    fold_of_group: Ints
    blocks: tuple[str, ...]
    block: Ints
    block_metres: Mapping[str, float]
    folds: tuple[Fold, ...]
    share: str = ""
    known: float = 1.0
    forward: bool = False
    fixed: str = ""
    degraded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    given: str = ""
    key: str = field(default="")

    @property
    def domains(self) -> tuple[str, ...]:
        """Domains that some fold tests, in reading order."""
        found = {domain for fold in self.folds for domain in fold.tests}
        return tuple(name for name in ("in", *REGIMES) if name in found)

    @property
    def noun(self) -> str:
        """What one group is called in a sentence: ``year``, ``region``; ``place`` without any."""
        return noun(self.leave)

    @property
    def nouns(self) -> str:
        """What several groups are called in a sentence."""
        return nouns(self.leave)

    @property
    def tested(self) -> str:
        """What is tested, and after learning from what, in words."""
        n = len(self.groups)
        if self.given:
            held = {fold.held_out for fold in self.folds if fold.regime == "out"}
            return f"{counted(len(held), 'fold')} given by {self.given}"
        if self.leave in AREA_LEAVES:
            return "folds of one area held out in turn"
        if n < 2:  # noqa: PLR2004
            return "square blocks held out in turn"
        where = in_places(self.share, self.known)
        if self.fixed:
            return f"{self.fixed}{where}"
        held = {fold.held_out for fold in self.folds if fold.regime == "out"}
        if self.forward:
            return (
                f"{n} {self.nouns}, each tested with labels of earlier ones "
                f"({counted(len(held), 'test')}){where}"
            )
        folds = f" in {len(held)} folds" if len(held) < n else ""
        return f"{n} {self.nouns} left out in turn{folds}{where}"

    @property
    def question(self) -> str:
        """What `out` asks, in words: ``a new year in known places``."""
        if self.leave in AREA_LEAVES:
            return "the map of this area"
        if self.given:
            return f"the folds given by {self.given}"
        if self.fixed:
            asked = self.fixed
        elif len(self.groups) > 1:
            asked = f"a {'later' if self.forward else 'new'} {self.noun}"
        else:
            return "new blocks of this place"
        return asked + in_places(self.share, self.known)
