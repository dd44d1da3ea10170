"""How reference samples were drawn: what every design-based estimate stands on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import DataError, Floats

NO_DESIGN = (
    "area estimates with confidence intervals need a probability sample: locations drawn at "
    "random, each with a known inclusion probability. Labels collected at convenient locations, "
    "or used to train the map, are not a probability sample; draw a simple random or stratified "
    "random sample of the map and have it interpreted as reference data"
)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How a probability sample was drawn.

    Made by `simple`, `stratified`, `by_map_class` or `unequal`; nothing else is accepted, because
    a sample of convenience says nothing about places that were never eligible.

    Attributes
    ----------
    kind : {"simple", "stratified", "unequal"}
    names : tuple of str
        Of the strata.
    sizes : ndarray of float64, shape (n_strata,)
        Sizes of the strata in the mapped region, in pixels of equal area or in any unit of area;
        empty unless stratified.
    stratum : ndarray of int64, shape (n_samples,)
        Number of each sample's stratum; empty unless stratified.
    probability : ndarray of float64, shape (n_samples,)
        Inclusion probability of each sample; empty unless unequal.
    is_by_map_class : bool
        Whether the strata are the classes of the map, in their order.

    Examples
    --------
    >>> design = Design.stratified({"wet": 200.0, "dry": 800.0}, ["wet", "dry", "dry"])
    >>> design.names, design.stratum.tolist()
    (('wet', 'dry'), [0, 1, 1])
    """

    kind: str
    names: tuple[str, ...] = ()
    sizes: Floats = field(default_factory=lambda: np.empty(0))
    stratum: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    probability: Floats = field(default_factory=lambda: np.empty(0))
    is_by_map_class: bool = False

    def __post_init__(self) -> None:
        if self.kind not in ("simple", "stratified", "unequal"):
            raise DataError(
                f"a sample of kind {self.kind!r} cannot give area estimates: {NO_DESIGN}"
            )
        if self.kind == "stratified":
            self._check_strata()
        if self.kind == "unequal" and not (
            len(self.probability)
            and np.isfinite(self.probability).all()
            and ((self.probability > 0) & (self.probability <= 1)).all()
        ):
            raise DataError(
                "inclusion probabilities must be above 0 and at most 1, one per sample (sampling "
                f"weights are their inverse: give 1 / weight); {NO_DESIGN}"
            )

    def _check_strata(self) -> None:
        n = len(self.names)
        if not n or self.sizes.shape != (n,) or not np.isfinite(self.sizes).all():
            raise DataError(
                f"{n} strata but {self.sizes.shape} sizes; expected one size per stratum"
            )
        if (self.sizes < 0).any() or not self.sizes.any():
            raise DataError("the sizes of the strata must be 0 or more, and not all 0")
        if not len(self.stratum) or self.stratum.min() < 0 or self.stratum.max() >= n:
            raise DataError(f"every sample needs the number of its stratum, 0 to {n - 1}")
        count = np.bincount(self.stratum, minlength=n)
        for wrong, what, hint in (
            ((count == 0) & (self.sizes > 0), "no sample", "merge it with another, or sample it"),
            ((count > 0) & (self.sizes == 0), "samples but size 0", "correct its size"),
        ):
            if wrong.any():
                name = self.names[int(np.flatnonzero(wrong)[0])]
                raise DataError(
                    f"stratum {name!r} has {what}, so nothing can be estimated for it; {hint}"
                )

    @classmethod
    def simple(cls) -> Self:
        """Every pixel of the region was as likely as any other (also a regular grid of points).

        A regular grid is treated as a random sample, as is usual; intervals then tend to be wide.
        """
        return cls("simple")

    @classmethod
    def stratified(cls, sizes: Mapping[str, float], stratum: ArrayLike) -> Self:
        """Pixels were drawn at random within strata, whatever these are.

        Parameters
        ----------
        sizes : mapping of str to float
            Size of each stratum in the region, in pixels of equal area or in a unit of area.
        stratum : array_like of str, shape (n_samples,)
            Each sample's stratum.
        """
        names = tuple(sizes)
        number = {name: i for i, name in enumerate(names)}
        given = np.asarray(stratum).tolist()
        unknown = sorted({str(name) for name in given if name not in number})
        if unknown:
            raise DataError(
                f"a sample belongs to stratum {unknown[0]!r}, which has no size; sizes are given "
                f"for {', '.join(names)}"
            )
        codes = np.array([number[name] for name in given], np.int64)
        return cls("stratified", names, np.array(list(sizes.values()), np.float64), codes)

    @classmethod
    def by_map_class(cls, sizes: ArrayLike | Mapping[str, float], mapped: NDArray[Any]) -> Self:
        """Pixels were drawn at random within each class of the map: the usual design.

        Parameters
        ----------
        sizes : array_like of float, shape (n_classes,), or mapping of str to float
            Mapped size of each class, in pixels of equal area or in a unit of area; a mapping
            has the names of the classes too, in the order of their codes.
        mapped : ndarray of int, shape (n_samples,)
            Mapped class of each sample, 0 to n_classes - 1.

        Raises
        ------
        DataError
            If a class has samples and no size, or a size and no sample.

        Examples
        --------
        >>> design = Design.by_map_class({"crop": 200.0, "other": 800.0}, np.array([0, 0, 1, 1]))
        >>> design.names
        ('crop', 'other')
        """
        if isinstance(sizes, Mapping):
            names, size = tuple(sizes), np.array(list(sizes.values()), np.float64)
        else:
            size = np.asarray(sizes, np.float64)
            names = tuple(f"map class {i}" for i in range(len(size)))
        codes = np.asarray(mapped, np.int64)
        return cls("stratified", names, size, codes, is_by_map_class=True)

    @classmethod
    def unequal(cls, probability: ArrayLike) -> Self:
        """Pixels were drawn with probabilities that differ.

        Parameters
        ----------
        probability : array_like of float, shape (n_samples,)
            Inclusion probability of each sample, above 0 and up to 1; a common factor may be
            unknown.
        """
        return cls("unequal", probability=np.asarray(probability, np.float64))

    def weights(self, n: int) -> Floats:
        """Share of the region that each of n samples stands for; they sum to 1.

        Parameters
        ----------
        n : int
            Samples.

        Returns
        -------
        ndarray of float64, shape (n,)

        Raises
        ------
        DataError
            If the design describes another number of samples.

        Examples
        --------
        >>> Design.stratified({"wet": 200.0, "dry": 800.0}, ["wet", "dry", "dry"]).weights(3)
        array([0.2, 0.4, 0.4])
        """
        given = {"stratified": len(self.stratum), "unequal": len(self.probability)}
        if given.get(self.kind, n) != n or not n:
            raise DataError(
                f"{n} samples were given, but the sampling design is of {given.get(self.kind, 0)}"
            )
        if self.kind == "stratified":
            count = np.bincount(self.stratum, minlength=len(self.sizes))
            weight = (self.sizes / np.maximum(count, 1))[self.stratum]
        elif self.kind == "unequal":
            weight = 1.0 / self.probability
        else:
            weight = np.ones(n)
        return np.asarray(weight / weight.sum())

    def variance(self, residual: Floats, can_vary: NDArray[np.bool_] | None = None) -> float:
        """Variance of a weighted sum of residuals; NaN where a stratum has a single sample.

        Stratified sampling without the correction for finite populations (pixels are many), or
        draws with replacement for unequal probabilities.

        Parameters
        ----------
        residual : ndarray of float64, shape (n_samples,)
            Of a total or a ratio; see `estimate_areas`.
        can_vary : ndarray of bool, shape (n_strata,), optional
            False for strata where the residual is zero by definition.

        Returns
        -------
        float

        Examples
        --------
        >>> round(Design.simple().variance(np.array([1.0, -1.0, 1.0, -1.0])), 3)
        0.333
        """
        part = self.weights(len(residual)) * residual
        if self.kind != "stratified":
            n = len(part)
            return float(n * part.var(ddof=1)) if n > 1 else np.nan
        total = 0.0
        for code in np.flatnonzero(self.sizes):
            if can_vary is not None and not can_vary[code]:
                continue
            own = part[self.stratum == code]
            if len(own) < 2:  # noqa: PLR2004
                return np.nan
            total += len(own) * float(own.var(ddof=1))
        return total

    @property
    def lonely(self) -> NDArray[np.int64]:
        """Numbers of the strata with a single sample, whose variance is unknown."""
        return np.flatnonzero(np.bincount(self.stratum, minlength=len(self.names)) == 1)
