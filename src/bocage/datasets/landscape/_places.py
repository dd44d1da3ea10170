"""Drawing places: class-balanced, spread or around sites, some of them visited twice."""

from dataclasses import dataclass

import numpy as np

from bocage.core import Floats, Ints, SettingsError
from bocage.datasets.landscape._country import LENGTHS, N_WAVES, Region
from bocage.datasets.landscape._settings import LandscapeSettings

SITE = 1_500.0
"""Standard deviation in metres of samples about their site."""
BATCH = 100_000
PATIENCE = 200
"""Places tried for each one wanted before a class is called too rare."""
CENTRE = 0.5


@dataclass(frozen=True, slots=True)
class VisitedPlaces:
    """Places visited in one region.

    Attributes
    ----------
    xy : ndarray of float64, shape (n, 2)
        Metres about the region's centre.
    parcel, cover, year : ndarray of int64, shape (n,)
        Parcel number, class code and calendar year.
    share : ndarray of float64, shape (n_classes,)
        Share of the region's area in each class, as the places tried saw it; nan around sites.
    """

    xy: Floats
    parcel: Ints
    cover: Ints
    year: Ints
    share: Floats


def cover_of(region: Region, parcel: Ints) -> Ints:
    """Return the class of parcels: the largest class field at their centre."""
    centre = region.parcels.point(parcel, np.full((len(parcel), 2), CENTRE))
    total = np.tile(region.prior, (len(parcel), 1))
    for i in range(1, len(LENGTHS)):  # the finest waves have no part in the classes
        total += region.waves[i](centre) @ region.cover[i * N_WAVES : (i + 1) * N_WAVES]
    return np.asarray(total.argmax(axis=1))


def visit(rng: np.random.Generator, region: Region, settings: LandscapeSettings) -> VisitedPlaces:
    """Draw a region's places, `per_class` of each class.

    Raises
    ------
    SettingsError
        If a class is too rare in the region to be found.
    """
    second = round(settings.revisit * settings.per_class)
    first = settings.per_class - second
    k = len(settings.classes)
    sites = None
    if settings.clusters:
        sites, _, _, _ = _search(rng, region, k, -(-settings.clusters // k), None)
        sites = rng.permuted(sites, axis=0)[: settings.clusters]
    xy, parcel, cover, share = _search(rng, region, k, first, sites)
    years = np.array(settings.years, dtype=np.int64)
    when = rng.integers(len(years), size=len(xy))
    # Second visits: another point of the same parcel, so of the same class, in another year.
    back = np.concatenate(
        [code * first + rng.choice(first, second, replace=second > first) for code in range(k)]
    ).astype(np.int64)
    later = when[back]
    if len(years) > 1:
        later = (later + rng.integers(1, len(years), size=len(back))) % len(years)
    again = region.parcels.point(parcel[back], rng.uniform(0.1, 0.9, (len(back), 2)))
    return VisitedPlaces(
        xy=np.concatenate([xy, again]),
        parcel=np.concatenate([parcel, parcel[back]]),
        cover=np.concatenate([cover, cover[back]]),
        year=years[np.concatenate([when, later])],
        share=share if sites is None else np.full(k, np.nan),
    )


def _search(
    rng: np.random.Generator, region: Region, k: int, count: int, sites: Floats | None
) -> tuple[Floats, Ints, Ints, Floats]:
    """Try places until each class has `count`; they come back class by class."""
    found: list[list[tuple[Floats, Ints]]] = [[] for _ in range(k)]
    have, seen = np.zeros(k, dtype=np.int64), np.zeros(k, dtype=np.int64)
    half = region.side / 2
    n = min(max(4 * k * count, 500), BATCH)
    for _ in range(-(-PATIENCE * k * max(count, 10) // n)):
        if sites is None:
            xy = rng.uniform(-half, half, (n, 2))
        else:
            xy = sites[rng.integers(len(sites), size=n)] + rng.normal(0, SITE, (n, 2))
            xy = xy[(np.abs(xy) < half).all(axis=1)]
        parcel = region.parcels.locate(xy)
        cover = cover_of(region, parcel)
        seen += np.bincount(cover, minlength=k)
        for code in np.flatnonzero(have < count):
            here = np.flatnonzero(cover == code)[: count - have[code]]
            found[code].append((xy[here], parcel[here]))
            have[code] += len(here)
        if (have == count).all():
            break
    else:
        raise SettingsError(
            f"landscape: region {region.name} has {have.min()} places of one class, but {count} "
            "are requested; use more clusters, fewer classes or another seed"
        )
    return (
        np.concatenate([xy for parts in found for xy, _ in parts]),
        np.concatenate([parcel for parts in found for _, parcel in parts]),
        np.repeat(np.arange(k), count),
        seen / seen.sum(),
    )
