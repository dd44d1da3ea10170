"""Splitters for scikit-learn's `cross_val_score` and its kin."""

import inspect
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_random_state

from bocage.core import Ints, SettingsError, SplitError, counted
from bocage.splits._blocks import cut, metric_xy, unit_means
from bocage.splits._groups import assign_folds, cluster_places
from bocage.splits._merge import merge_groups
from bocage.splits._row_places import check_rows, degrees_of, names_lonlat, tell_places


class _PlaceSplitter(BaseCrossValidator):
    """A splitter that asks where rows stand."""

    # With metadata routing both are asked for unless `set_split_request` says otherwise.
    __metadata_request__split = {"groups": True, "coordinates": True}  # noqa: RUF012

    lonlat: Any
    n_splits: int
    crs: Any

    def get_n_splits(
        self,
        X: object = None,  # noqa: ARG002
        y: object = None,  # noqa: ARG002
        groups: object = None,  # noqa: ARG002
        coordinates: object = None,  # noqa: ARG002
    ) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X, y, groups, coordinates : object
            Not used; scikit-learn passes them to every splitter.

        Returns
        -------
        int
        """
        return self._checked_n_splits()

    def split(
        self, X: Any, y: Any = None, groups: Any = None, coordinates: Any = None
    ) -> Iterator[tuple[Ints, Ints]]:
        """Yield the rows to learn from and the rows to test, fold by fold.

        Parameters
        ----------
        X : array_like or table, shape (n_samples, n_features)
            Only its number of rows counts, unless it has columns lon and lat and nothing else
            says where rows stand.
        y : array_like, shape (n_samples,), optional
            Classes: patches of one class stay whole (`BlockKFold`).
        groups : array_like, shape (n_samples, 2) or (n_samples,), or geometry, optional
            Coordinates of the rows; or one name a row (parcel, event) of what must stay together.
        coordinates : array_like, shape (n_samples, 2), or geometry, optional
            Coordinates of the rows, where `groups` are names or with metadata routing.

        Yields
        ------
        train, test : ndarray of int64
            Positions of rows, ascending.

        Raises
        ------
        DataError
            If coordinates are missing or can't be used.
        SplitError
            If there are too few places for the folds.
        """
        n_splits = self._checked_n_splits()
        lonlat, unit = self._rows(X, groups, coordinates)
        fold = self._assign(lonlat, unit, y, n_splits)
        for number in range(n_splits):
            yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)

    @abstractmethod
    def _assign(self, lonlat: NDArray[np.float64], unit: Ints, y: Any, n_splits: int) -> Ints:
        """Return the fold of each row, from 0."""

    def _rows(self, X: Any, groups: Any, coordinates: Any) -> tuple[NDArray[np.float64], Ints]:
        """Find where rows stand, and what stays together."""
        who = type(self).__name__
        places = coordinates
        if tell_places(groups):
            if coordinates is not None:
                raise SettingsError(
                    f"{who}: groups and coordinates both say where rows stand; expected one of "
                    "them, and one name a row in groups"
                )
            places, groups = groups, None
        if places is None:
            places = self.lonlat
        if places is None and names_lonlat(X):
            places = X
        if places is None:
            raise SplitError(
                f"{who} needs to know where the rows stand, and has no coordinates; expected "
                "longitude and latitude of each row of X: groups=lonlat (for a search within a "
                f"cross-validation also params={{'groups': lonlat}}), coordinates=lonlat, or "
                f"{who}(lonlat)"
            )
        if np.ndim(places) == 0:
            raise SettingsError(
                f"{who}({places!r}): the first argument is coordinates; expected, for the number "
                f"of folds, {who}(n_splits={places!r})"
            )
        lonlat = degrees_of(places, self.crs, who)
        check_rows(len(lonlat), X, who)
        unit = np.arange(len(lonlat)) if groups is None else _codes(groups)
        return lonlat, unit

    def _checked_n_splits(self) -> int:
        n = self.n_splits
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 2:  # noqa: PLR2004
            raise SettingsError(
                f"{type(self).__name__}: n_splits={n!r} can't be used; expected a whole number of "
                "2 or more, as one fold leaves nothing to train on"
            )
        return int(n)

    def __repr__(self) -> str:
        said = []
        for name, parameter in inspect.signature(type(self)).parameters.items():
            value = getattr(self, name)
            if value is parameter.default or (np.ndim(value) == 0 and value == parameter.default):
                continue
            shown = f"<{counted(len(value), 'row')}>" if np.ndim(value) else repr(value)
            said.append(f"{name}={shown}")
        return f"{type(self).__name__}({', '.join(said)})"


class BlockKFold(_PlaceSplitter):
    """K folds over square blocks of the ground.

    A plain `KFold` tests samples that are metres away from training samples. Here whole squares
    are held out, which shows how good a model is on land adjacent to its labels, not how good a map
    of the sampled area is. Few blocks make few, unequal folds: see `n_blocks_` after a split.

    Where rows stand is told by `groups` or `coordinates` of scikit-learn's functions, which cut
    both to the rows of a fold, so that splitters nest; or by `lonlat`, for one loop alone.

    Parameters
    ----------
    lonlat : array_like of float, shape (n_samples, 2), table or geometry, optional
        Longitude and latitude in degrees of the rows of X, in the same order, or a table with
        ``lon`` and ``lat``, a GeoSeries, a GeoDataFrame or an array of geometry.
    n_splits : int
        Number of folds, 2 or more.
    side : float, optional
        Side of the squares in metres; chosen from the rows if not given: the largest that leaves
        ten blocks, none with more than a fifth of the rows.
    crs : optional
        Coordinate system of coordinates that are not degrees: ``"EPSG:32633"``.
    random_state : int, RandomState or None
        0 assigns the largest blocks first, which balances folds best; other numbers shuffle
        blocks, and None does anew in each call.

    Attributes
    ----------
    n_blocks_ : int
        Blocks of the last split.
    side_ : float
        Their side in metres.

    See Also
    --------
    ClusterKFold : Hold out clusters of nearby samples.
    LeaveGroups : Hold out groups such as regions.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import GridSearchCV, cross_val_score
    >>> rng = np.random.default_rng(0)
    >>> lonlat = rng.uniform(0, 1, (200, 2))
    >>> X, y = rng.normal(size=(200, 3)), rng.integers(0, 2, 200)
    >>> len(cross_val_score(LogisticRegression(), X, y, groups=lonlat, cv=BlockKFold(n_splits=4)))
    4

    Folds for tuning within folds for testing: `params` passes coordinates on to the search.

    >>> search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=BlockKFold(n_splits=3))
    >>> given = {"groups": lonlat}
    >>> scores = cross_val_score(search, X, y, groups=lonlat, params=given, cv=BlockKFold())
    >>> len(scores)
    5
    """

    def __init__(
        self,
        lonlat: Any = None,
        n_splits: int = 5,
        side: float | None = None,
        *,
        crs: Any = None,
        random_state: Any = 0,
    ) -> None:
        self.lonlat = lonlat
        self.n_splits = n_splits
        self.side = side
        self.crs = crs
        self.random_state = random_state

    def _assign(self, lonlat: NDArray[np.float64], unit: Ints, y: Any, n_splits: int) -> Ints:
        side = self.side
        if side is not None and not (np.isfinite(side) and side > 0):
            raise SettingsError(
                f"BlockKFold: side={side!r} can't be used; expected metres, more than 0"
            )
        blocking = cut(lonlat, unit, _classes(y), side=side)
        if blocking.side == 0:
            raise SplitError(
                f"{counted(len(lonlat), 'sample')} at {counted(_n_places(lonlat, unit), 'place')} "
                "can't be cut into blocks: too few places, or most samples in one spot. Give "
                "side= in metres, or use other folds"
            )
        names = np.array([f"{column},{row}" for column, row in blocking.cell])
        blocks, inverse, count = np.unique(names, return_inverse=True, return_counts=True)
        self.n_blocks_, self.side_ = len(blocks), blocking.side
        if len(blocks) < n_splits:
            one = " (one split, with nothing to train on)" if len(blocks) == 1 else ""
            raise SplitError(
                f"{counted(len(blocks), 'block')} of {blocking.side:g} m can't make "
                f"{n_splits} folds{one}. Use fewer folds or a smaller side"
            )
        fold = assign_folds(blocks, count, n_splits, salt="sklearn", seed=_seed(self.random_state))
        return np.asarray(fold[inverse])


class ClusterKFold(_PlaceSplitter):
    """Hold out clusters of nearby samples (Ward linkage on metric coordinates).

    Parameters
    ----------
    lonlat : array_like of float, shape (n_samples, 2), table or geometry, optional
        As in `BlockKFold`, also where `groups` or `coordinates` tell it.
    n_splits : int
        Number of clusters, each a fold.
    crs : optional
        Coordinate system of coordinates that are not degrees: ``"EPSG:32633"``.

    See Also
    --------
    BlockKFold : Hold out square blocks.

    Examples
    --------
    >>> import numpy as np
    >>> lonlat = [[10.0, 45.0], [11.0, 45.0], [10.1, 45.0], [12.0, 45.0]]
    >>> cv = ClusterKFold(n_splits=3)
    >>> [test.tolist() for _, test in cv.split(np.zeros((4, 1)), groups=lonlat)]
    [[0, 2], [1], [3]]
    """

    def __init__(self, lonlat: Any = None, n_splits: int = 5, *, crs: Any = None) -> None:
        self.lonlat = lonlat
        self.n_splits = n_splits
        self.crs = crs

    def _assign(
        self,
        lonlat: NDArray[np.float64],
        unit: Ints,
        y: Any,  # noqa: ARG002
        n_splits: int,
    ) -> Ints:
        return cluster_places(unit_means(metric_xy(lonlat), unit), n_splits) - 1


class LeaveGroups(BaseCrossValidator):
    """Leave out each group once; more than ten are merged whole, with their neighbours by name.

    The groups (region, year, city, ...) are given as `groups` to `cross_val_score`, which cuts
    them to the rows of a fold where splitters nest.

    See Also
    --------
    BlockKFold : Hold out square blocks, where there are no groups.

    Examples
    --------
    >>> import numpy as np
    >>> region = ["north", "north", "south", "south"]
    >>> [test.tolist() for _, test in LeaveGroups().split(np.zeros((4, 1)), groups=region)]
    [[0, 1], [2, 3]]
    """

    __metadata_request__split = {"groups": True}  # noqa: RUF012

    def get_n_splits(self, X: object = None, y: object = None, groups: Any = None) -> int:  # noqa: ARG002
        """Return the number of folds for these groups.

        Parameters
        ----------
        X, y : object
            Not read.
        groups : array_like, shape (n,)
            Group of each sample.

        Returns
        -------
        int
        """
        return len(np.unique(self._folds(groups)))

    def _iter_test_indices(
        self,
        X: object = None,  # noqa: ARG002
        y: object = None,  # noqa: ARG002
        groups: Any = None,
    ) -> Iterator[Ints]:
        fold = self._folds(groups)
        for number in np.unique(fold):
            yield np.flatnonzero(fold == number)

    @staticmethod
    def _folds(groups: Any) -> Ints:
        if groups is None:
            raise SplitError("LeaveGroups needs groups=, one name per row (region, year, city)")
        if np.ndim(groups) != 1:
            raise SplitError(
                f"LeaveGroups: groups have shape {np.shape(groups)}; expected one name per row "
                "(region, year, city). Coordinates are for BlockKFold and ClusterKFold"
            )
        found, group = np.unique(np.asarray(groups).astype(np.str_), return_inverse=True)
        if len(found) < 2:  # noqa: PLR2004
            raise SplitError(f"all rows belong to one group ({found[0]!r}); expected at least two")
        return np.asarray(merge_groups(found.tolist(), group.astype(np.int64))[group])


def _seed(random_state: Any) -> int:
    if isinstance(random_state, int | np.integer):
        return int(random_state)
    return int(check_random_state(random_state).randint(1, 2**31 - 1))


def _classes(y: Any) -> Ints | None:
    """Return codes of the classes of a target; None for a quantity, or several targets."""
    if y is None or np.ndim(y) != 1 or np.asarray(y).dtype.kind == "f":
        return None
    return _codes(y)


def _n_places(lonlat: NDArray[np.float64], unit: Ints) -> int:
    return min(len(np.unique(lonlat, axis=0)), len(np.unique(unit)))


def _codes(values: Any) -> Ints:
    return np.unique(np.asarray(values), return_inverse=True)[1].ravel().astype(np.int64)
