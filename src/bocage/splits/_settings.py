"""What decides a split."""

from dataclasses import dataclass

from bocage.splits._area import Area
from bocage.splits._merge import MAX_GROUP_FOLDS


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """What decides a split, apart from the samples.

    Attributes
    ----------
    leave : str
        Group column, ``a+b``, ``blocks``, ``clusters``, ``knndm`` (an area) or ``none``. With a
        splitter in `folds_from`, the groups that are handed to it.
    share : str
        What may be learned from in other groups although it is also tested: ``place`` (anything
        that is else kept together: a new year in known places) or a group column; ``none`` deals
        places to folds beside the groups (a new year in new places). If empty, units stay whole,
        and what is tested is not learned from.
    forward : bool
        Learn from earlier groups only.
    train, test : str
        Groups that are learned from and tested, as ``2017-2021``: one fold.
    local_folds, random_folds : int
        Folds within a left-out group, and of the random sanity check.
    n_clusters : int
        Groups made by ``clusters``.
    group_folds : int
        More groups than this are merged into so many folds.
    block_metres : float, optional
        Side of the blocks, in place of the chosen one.
    sensitivity : bool
        Also make the local folds at half and double the block size.
    area : Area, optional
        Where a map is wanted.
    sampling : str
        ``probability`` where the labels are a probability sample of the area.
    buffer_metres : float
        Training samples nearer than this to a test sample are left out.
    folds_from : str
        Column of fold numbers, or ``splitter:NAME``: folds that are used as they are.

    Examples
    --------
    >>> SplitSettings("district", buffer_metres=500.0).leave
    'district'
    """

    leave: str = "blocks"
    share: str = ""
    forward: bool = False
    train: str = ""
    test: str = ""
    local_folds: int = 4
    random_folds: int = 4
    n_clusters: int = 5
    group_folds: int = MAX_GROUP_FOLDS
    block_metres: float | None = None
    sensitivity: bool = True
    area: Area | None = None
    sampling: str = ""
    buffer_metres: float = 0.0
    folds_from: str = ""
