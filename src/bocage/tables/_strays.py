"""Rows that stand far from all others: mostly coordinates that were mistyped or exchanged."""

import math
from dataclasses import dataclass, replace

import numpy as np

from bocage.core import Floats, Ints, counted, listed, metres_in_words
from bocage.tasks import EARTH_METRES, on_the_ground

FEWEST = 10
"""Of fewer rows none is taken for far from the others."""

FEW = 1 / 20
"""Largest share of the rows that is looked at as far from the others."""

MANY = 1 / 3
"""The same, of rows that would stand among the others with longitude and latitude exchanged."""

EXCHANGED = "with lon and lat swapped"

ALONE = 10.0
"""A row that no other is near stands far from all where this many extents of the others away."""

MOST_ALONE = 3
"""More rows that stand alone, each far from all, are no few slips of a hand."""

MISTAKEN = 3.0
"""As `ALONE`, of rows that would stand among the others by the correction of a usual mistake."""

CLOSE_BY = 10_000.0
"""Metres within which a row is not called far, however close together the others stand."""

EDGE = 0.1
"""Share of the extent of the others, in each direction, by which a corrected place may lie beyond
them: who was mistaken was mostly one of the outermost, too."""

HALF_TURN = 180.0

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Strays:
    """Rows far from all others.

    Attributes
    ----------
    row : ndarray of int64, shape (n,)
        From 0.
    mistake : tuple of str
        What was done to the coordinates of each, if undoing it brings it among the others; else
        empty.
    metres : float
        From the nearest of them to the nearest of the others.
    extent : float
        Metres over which the others stand.
    """

    row: Ints
    mistake: tuple[str, ...]
    metres: float
    extent: float


def find_strays(lonlat: Floats) -> Strays | None:
    """Find rows that stand far from all others.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
        Degrees; rows without coordinates, or at exactly 0, 0, are not looked at.

    Notes
    -----
    A mistyped digit puts a row anywhere, most often alone; real places that are far away (an
    island, a second site, another continent) mostly have several samples, or belong to a survey
    that is wide itself. So a row must be alone, and ten times as far from the others as these
    stand apart. Several rows that were exchanged together stand together too: they, and those of
    wide surveys, are told by that they would stand among the others with longitude and latitude
    exchanged, with the other sign, or with the decimal point moved by one digit, which places that
    are real do by chance only. Of more than a few rows only the first is looked for: a survey may
    well have a part of its own beyond the equator.
    """
    at = np.flatnonzero(np.isfinite(lonlat).all(axis=1) & (lonlat != 0).any(axis=1))
    if len(at) < FEWEST:
        return None
    ground = on_the_ground(lonlat[at])
    far = np.linalg.norm(ground - np.median(ground, axis=0), axis=1)
    order = np.argsort(far, kind="stable")
    for share in (FEW, MANY):
        least = len(at) - max(1, int(share * len(at)))
        inner, outer = far[order[least - 1 : -1]], far[order[least:]]
        # A row at more than three radii is further from the others than these are from each other.
        gaps = np.flatnonzero(outer > np.maximum(3 * inner, CLOSE_BY))
        for start in (least + gaps).tolist():
            others, apart = order[:start], np.sort(order[start:])
            found = _told_apart(lonlat[at], ground, others, apart, any_mistake=share == FEW)
            if found is not None:
                return replace(found, row=at[found.row])
    return None


def _told_apart(
    lonlat: Floats, ground: Floats, others: Ints, apart: Ints, *, any_mistake: bool
) -> Strays | None:
    """Keep those of the rows apart that are alone, or explained by a mistake; or exchanged ones."""
    from scipy.spatial import KDTree

    extent = float(np.linalg.norm(np.ptp(ground[others], axis=0)))
    away = KDTree(ground[others]).query(ground[apart])[0]
    alone = np.asarray(KDTree(ground).query(ground[apart], k=2)[0][:, 1])
    low, high = lonlat[others].min(axis=0), lonlat[others].max(axis=0)
    mistake = [_mistake(place, low, high) for place in lonlat[apart]]
    explained = np.array([bool(words) for words in mistake]) & (away > MISTAKEN * extent)
    lonely = (alone > ALONE * extent) & ~explained
    if not any_mistake:
        explained &= np.array([words == EXCHANGED for words in mistake])
        lonely[:] = False
    # Many that are alone are how a survey spreads.
    some = (explained | (lonely & (lonely.sum() <= MOST_ALONE))) & (away > CLOSE_BY)
    if not some.any():
        return None
    kept = tuple(words for words, keep in zip(mistake, some, strict=True) if keep)
    # Along the ground, not through it.
    metres = 2 * EARTH_METRES * math.asin(min(1.0, float(away[some].min()) / (2 * EARTH_METRES)))
    return Strays(apart[some], kept, metres, extent)


def stray_notes(lonlat: Floats, row: Ints) -> tuple[str, ...]:
    """Name rows that stand far from all others.

    Parameters
    ----------
    lonlat : ndarray of float64, shape (n, 2)
    row : ndarray of int64, shape (n,)
        Number of each in its table, from 0.

    Returns
    -------
    tuple of str
        One note, or none.
    """
    found = find_strays(lonlat)
    if found is None:
        return ()
    n = len(found.row)
    one, away = n == 1, metres_in_words(found.metres)
    note = (
        f"{n:,} of {counted(len(lonlat), 'row')} {'lies' if one else 'lie'} far from all "
        f"others, which lie within {metres_in_words(found.extent)} of each other: "
        f"{_named(found, lonlat, row)}, {away} {'' if one else 'or more '}from the "
        "nearest of them; if that is a typing error, correct it or leave the "
        f"{'row' if one else 'rows'} out"
    )
    return (note,)


def stray_words(found: Strays, lonlat: Floats, row: Ints) -> str:
    """Say which rows stand far from all others, and how far, after naming what they are of.

    Parameters
    ----------
    found : Strays
        Of `lonlat`.
    lonlat, row
        As in `stray_notes`.
    """
    one = len(found.row) == 1
    away, extent = metres_in_words(found.metres), metres_in_words(found.extent)
    return (
        f"{_named(found, lonlat, row)} {'lies' if one else 'lie'} {away} "
        f"{'' if one else 'or more '}from all others, which lie within {extent} of each "
        f"other: correct {'it' if one else 'them'} or leave {'it' if one else 'them'} out"
    )


def _named(found: Strays, lonlat: Floats, row: Ints) -> str:
    """Write which rows they are, and where they stand."""
    words = []
    for at, mistake in zip(found.row.tolist(), found.mistake, strict=True):
        lon, lat = lonlat[at].tolist()
        why = f"; {mistake}, it lies among them" if mistake else ""
        words.append(f"row {int(row[at]) + 1} (lon {lon:g}, lat {lat:g}{why})")
    return listed(words, SHOWN)


def _mistake(place: Floats, low: Floats, high: Floats) -> str:
    """Say by which correction a place comes to lie between two corners, or at their edge.

    Empty if by none.
    """
    if high[0] - low[0] > HALF_TURN:
        # They cross the date line, and lie between no two longitudes.
        return ""
    lon, lat = place.tolist()
    edge = EDGE * (high - low)
    low, high = low - edge, high + edge
    for words, corrected in (
        (EXCHANGED, (lat, lon)),
        ("with the opposite sign of lon", (-lon, lat)),
        ("with the opposite sign of lat", (lon, -lat)),
        ("with ten times its lon", (10 * lon, lat)),
        ("with ten times its lat", (lon, 10 * lat)),
        ("with a tenth of its lon", (lon / 10, lat)),
        ("with a tenth of its lat", (lon, lat / 10)),
    ):
        if ((low <= corrected) & (corrected <= high)).all():
            return words
    return ""
