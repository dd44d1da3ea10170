"""Splitters for scikit-learn's `cross_val_score` and its kin."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import BaseCrossValidator

from bocage.core import DataError, SplitError, counted, listed, rows_of, table_names
from bocage.splits._blocks import cut, metric_xy, unit_means
from bocage.splits._groups import cluster_places, deal
from bocage.splits._merge import merge_groups

LONLAT = (("lon", "longitude"), ("lat", "latitude"))
"""Names of coordinates in a table, in any case."""


class BlockKFold(BaseCrossValidator):
    """K folds over square blocks of the ground.

    A plain `KFold` tests samples that are metres away from training samples. Here whole squares
    are held out, which shows how good a model is on land adjacent to its labels, not how good a map
    of the sampled area is. Few blocks make few, unequal folds: see `n_blocks_` after a split.

    Parameters
    ----------
    lonlat : array of float, shape (n_samples, 2), or a table with `lon` and `lat`
        Longitude and latitude in degrees of the rows of X, in the same order.
    n_splits : int
    side : float, optional
        Side of the squares in metres; chosen from the labels if not given.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import cross_val_score
    >>> rng = np.random.default_rng(0)
    >>> lonlat = rng.uniform(0, 1, (200, 2))
    >>> X, y = rng.normal(size=(200, 3)), rng.integers(0, 2, 200)
    >>> len(cross_val_score(LogisticRegression(), X, y, cv=BlockKFold(lonlat, n_splits=4)))
    4
    """

    def __init__(
        self, lonlat: NDArray[np.float64], n_splits: int = 5, side: float | None = None
    ) -> None:
        self.lonlat = lonlat
        self.n_splits = n_splits
        self.side = side

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:  # noqa: ARG002
        """Return the number of folds."""
        return self.n_splits

    def _iter_test_indices(
        self,
        X: Any = None,
        y: Any = None,
        groups: Any = None,
    ) -> Iterator[NDArray[np.int64]]:
        lonlat = _coordinates_of(self, X)
        unit = np.arange(len(lonlat)) if groups is None else _codes(groups)
        codes = _codes(y) if y is not None and np.asarray(y).dtype.kind != "f" else None
        blocking = cut(lonlat, unit, codes, side=self.side)
        if blocking.side == 0:
            raise SplitError(
                f"{counted(len(lonlat), 'sample')} can't be cut into blocks: too few places. Give "
                "side= in metres, or use other folds"
            )
        names = np.array([f"{column},{row}" for column, row in blocking.cell])
        blocks, inverse, count = np.unique(names, return_inverse=True, return_counts=True)
        self.n_blocks_ = len(blocks)
        if len(blocks) < self.n_splits:
            raise SplitError(
                f"{counted(len(blocks), 'block')} of {blocking.side:g} m can't make "
                f"{self.n_splits} folds. Use fewer folds or a smaller side"
            )
        fold = deal(blocks, count, self.n_splits, salt="sklearn")[inverse]
        for number in range(self.n_splits):
            yield np.flatnonzero(fold == number)


class LeaveGroups(BaseCrossValidator):
    """Leave out each group once; more than ten are merged whole, with their neighbours by name.

    The groups (region, year, city, ...) are given as `groups` to `cross_val_score`.
    """

    def get_n_splits(self, X: object = None, y: object = None, groups: Any = None) -> int:  # noqa: ARG002
        """Return the number of folds for these groups."""
        return len(np.unique(self._folds(groups)))

    def _iter_test_indices(
        self,
        X: object = None,  # noqa: ARG002
        y: object = None,  # noqa: ARG002
        groups: Any = None,
    ) -> Iterator[NDArray[np.int64]]:
        fold = self._folds(groups)
        for number in np.unique(fold):
            yield np.flatnonzero(fold == number)

    @staticmethod
    def _folds(groups: Any) -> NDArray[np.int64]:
        if groups is None:
            raise SplitError("LeaveGroups needs groups=, one name per row (region, year, city)")
        found, group = np.unique(np.asarray(groups).astype(np.str_), return_inverse=True)
        if len(found) < 2:  # noqa: PLR2004
            raise SplitError(f"all rows belong to one group ({found[0]!r}); expected at least two")
        return np.asarray(merge_groups(found.tolist(), group.astype(np.int64))[group])


class ClusterKFold(BaseCrossValidator):
    """Hold out clusters of nearby samples (Ward linkage on metric coordinates).

    Parameters
    ----------
    lonlat : array of float, shape (n_samples, 2), or a table with `lon` and `lat`
        Longitude and latitude in degrees.
    n_splits : int
        Number of clusters, each a fold.
    """

    def __init__(self, lonlat: NDArray[np.float64], n_splits: int = 5) -> None:
        self.lonlat = lonlat
        self.n_splits = n_splits

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:  # noqa: ARG002
        """Return the number of folds."""
        return self.n_splits

    def _iter_test_indices(
        self,
        X: Any = None,
        y: object = None,  # noqa: ARG002
        groups: Any = None,
    ) -> Iterator[NDArray[np.int64]]:
        lonlat = _coordinates_of(self, X)
        unit = np.arange(len(lonlat)) if groups is None else _codes(groups)
        label = cluster_places(unit_means(metric_xy(lonlat), unit), self.n_splits)
        for number in np.unique(label):
            yield np.flatnonzero(label == number)


def _coordinates_of(splitter: BlockKFold | ClusterKFold, X: Any) -> NDArray[np.float64]:
    # A search within folds hands over some rows only, and nobody can tell which.
    lonlat = _degrees(splitter.lonlat)
    n_rows = getattr(X, "shape", (len(lonlat),))[0]
    if n_rows != len(lonlat):
        raise DataError(
            f"X has {n_rows} rows but {type(splitter).__name__} was given {len(lonlat)} "
            "coordinates; pass the coordinates of exactly these rows"
        )
    return lonlat


def _degrees(lonlat: Any) -> NDArray[np.float64]:
    """Return longitude and latitude, shape (n, 2): of a table by name, as latitude may come first.

    Raises
    ------
    DataError
        If a table names neither, or an array has another width.
    """
    names = table_names(lonlat)
    chosen = [name for whole in LONLAT for name in names if name.lower() in whole]
    if names and len(chosen) != 2:  # noqa: PLR2004
        raise DataError(
            f"the coordinates are a table with {listed(names)}; expected columns lon and lat (or "
            "longitude and latitude): select them, or pass an array of longitude, latitude"
        )
    return np.asarray(rows_of(lonlat, chosen, 2, "the splitter"), dtype=np.float64)


def _codes(values: Any) -> NDArray[np.int64]:
    return np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int64)
