"""Which samples must stay together: one coordinate, one pixel, one parcel, one event."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bocage.core import counted
from bocage.sources import projected
from bocage.tasks._samples import Samples

PIXEL_METRES = 10.0
"""AlphaEarth's pixel: samples nearer than one cell of its UTM grid read the same vector."""

NO_PLACES = (
    "samples have no coordinates: only groups are left out, and there are no blocks within them, "
    "no coordinates-only baseline, no distances and no map"
)

COORDINATE_DECIMALS = 7
"""Two coordinates equal to 1e-7 degrees (about a centimetre) are one."""


def together(
    samples: Samples, digests: NDArray[np.void]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Find the units of samples that no split may tear apart.

    Parameters
    ----------
    samples : Samples
    digests : ndarray of 16-byte void, shape (n,)
        Content of each row apart from its target.

    Returns
    -------
    unit : ndarray of int64, shape (n,)
    notes : tuple of str
        What was found, counted, for the reader.
    """
    n = len(samples.target)
    has_places = bool(np.isfinite(samples.lonlat).all())
    # Rows of which nothing is known but their group are not the same for that.
    is_told = has_places or bool(samples.inputs)
    inputs = _labels(digests.view("S16").ravel()) if is_told else np.arange(n)
    # Where nothing tells places apart, rows that are the same stand at one.
    place = _labels(np.round(samples.lonlat, COORDINATE_DECIMALS) + 0.0) if has_places else inputs
    links = [place]
    notes: list[str] = []
    content = [inputs, _labels(np.asarray(samples.target))]
    rows = n - _n_values(_labels(np.column_stack(content)))
    if rows:
        same = "place, target and features" if has_places else "groups, target and features"
        notes.append(f"{counted(rows, 'duplicate row')} (same {same}) kept together")
    if not has_places:
        notes.append(NO_PLACES)
    if has_places and n - _n_values(place) > rows:
        shared = _n_shared(place)
        notes.append(f"{shared:,} samples share their coordinates with others; kept together")
    if has_places and any(item.modality == "embedding" for item in samples.inputs.values()):
        pixel = _labels(utm_cells(samples.lonlat, PIXEL_METRES))
        links.append(pixel)
        # Places in one pixel, and not samples: those of one place are counted already.
        held = np.bincount(np.unique(np.column_stack([pixel, place]), axis=0)[:, 0])
        shared = int((held[pixel] > 1).sum())
        if shared:
            notes.append(
                f"{shared:,} samples lie in the 10 m pixel of another place; kept together"
            )
    for name in samples.together_by:
        links.append(_labels(samples.groups[name]))
        notes.append(f"samples of one {name} are kept together")
    return _join(n, links), tuple(notes)


def utm_cells(lonlat: NDArray[np.float64], size: float) -> NDArray[np.int64]:
    """Return zone, column and row of the UTM grid cell of each coordinate, shape (n, 3)."""
    zone = np.clip((lonlat[:, 0] + 180) // 6, 0, 59).astype(np.int64) + 1
    code = np.where(lonlat[:, 1] >= 0, 32600, 32700) + zone
    cells = np.empty((len(lonlat), 3), dtype=np.int64)
    for epsg in np.unique(code):
        rows = code == epsg
        east, north = projected(4326, int(epsg), lonlat[rows]).T
        cells[rows] = np.column_stack(
            [np.full(rows.sum(), epsg), np.floor(east / size), np.floor(north / size)]
        )
    return cells


def _labels(values: NDArray[Any]) -> NDArray[np.int64]:
    axis = 0 if values.ndim > 1 else None
    return np.unique(values, axis=axis, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _n_shared(labels: NDArray[np.int64]) -> int:
    """Count the samples whose label another has too, each of them."""
    return int((np.bincount(labels)[labels] > 1).sum())


def _n_values(labels: NDArray[np.int64]) -> int:
    return int(labels.max()) + 1


def _join(n: int, links: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Find connected components: samples that share a label in any of the columns."""
    offset, source, sink = n, [], []
    for labels in links:
        source.append(np.arange(n))
        sink.append(labels + offset)
        offset += _n_values(labels)
    i, j = np.concatenate(source), np.concatenate(sink)
    graph = coo_array((np.ones(len(i), dtype=np.int8), (i, j)), shape=(offset, offset))
    component = connected_components(graph, directed=False)[1][:n]
    return np.unique(component, return_inverse=True)[1].astype(np.int64)
