"""The named task on burn scars: HLS Burn Scars, read from files that the user unpacks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bocage.core import DataError, DownloadError, Input, SettingsError, counted, data_folder
from bocage.datasets._burn_scar_files import find_pairs
from bocage.datasets._burn_scar_scenes import BANDS, look, read
from bocage.datasets._chips import Scene, cut
from bocage.datasets._fires import burned_hectares, fires, size_class
from bocage.datasets._windows import SceneWindow
from bocage.sources import AEF_BANDS
from bocage.tasks import Samples, Task, build_task

FOLDER = "hls-burn-scars"
ARCHIVE = "https://huggingface.co/datasets/ibm-nasa-geospatial/hls_burn_scars"
CLASSES = ("unburned", "burned")
SMALLEST_SIDE = 8


def hls_burn_scars(*, side: int | None = None, folder: Path | None = None) -> Task:
    """Read burn scars in scenes of HLS (Sentinel-2 at 30 m) over the United States.

    Parameters
    ----------
    side : int, optional
        Cut every scene into chips of so many pixels; whole scenes unless given.
    folder : Path, optional
        Folder with ``training`` and ``validation``; ``hls-burn-scars`` below ``BOCAGE_DATA`` or
        the cache unless given.

    Returns
    -------
    Task
        Segmentation into unburned and burned; input `hls` (6 bands, int16 reflectance x 10000),
        and `aef` (64 bands) where an AlphaEarth embedding lies beside each scene; groups event (a
        fire, never torn), tile, year and fire_size.

    Raises
    ------
    DownloadError
        If the files are not there; the message says where they come from.
    DataError
        If a file is not what the archive holds.
    SettingsError
        If `side` does not fit the scenes.
    """
    folder = folder or data_folder(FOLDER)
    if folder is None:
        raise DownloadError(
            f"hls-burn-scars is read from files that you download yourself: unpack "
            f"hls_burn_scars.tar.gz (2.6 GB, from {ARCHIVE}) into a folder {FOLDER!r} inside the "
            "one that BOCAGE_DATA names, so that it contains training and validation"
        )
    pairs, notes = find_pairs(folder)
    windows = [look(pair) for pair in pairs]
    chip = _side(windows, side)
    fire = fires(windows)
    # Fire by fire, so that the windows of one are in memory together.
    order = np.argsort(fire, kind="stable")
    windows, fire = [windows[i] for i in order], fire[order]
    chips = _read_all(windows, fire, chip)
    owner = np.repeat(np.arange(len(windows)), [_n_chips(window, chip) for window in windows])
    lonlat = np.concatenate([_centres(window, chip) for window in windows])
    keep = np.flatnonzero((chips.masks >= 0).any(axis=(1, 2)))
    if not len(keep):
        raise DataError(
            "no pixel of any scene has data and a label; expected masks of 0 and 1: unpack the "
            "archive again"
        )
    if len(keep) < len(owner):
        lost = counted(len(owner) - len(keep), "chip was", "chips were")
        notes += (f"{lost} left out: no pixel has a label",)
        # Only then: a copy of all values takes as much memory as they do.
        chips, owner, lonlat = chips.take(keep), owner[keep], lonlat[keep]
    year = np.array([window.pair.year for window in windows])
    month = np.array([window.pair.month for window in windows])
    return build_task(
        Samples(
            name=FOLDER,
            title=f"Burn scars in the United States (HLS), {_what(windows, chip, len(owner))}",
            kind="segmentation",
            target=np.zeros(len(owner)),
            classes=CLASSES,
            masks=chips.masks,
            pixel_metres=float(windows[0].pixel_area ** 0.5),
            lonlat=lonlat,
            inputs=chips.inputs(tuple(sorted(set(year.tolist()))), month[owner]),
            groups={
                "event": fire[owner],
                "tile": np.array([window.pair.tile for window in windows])[owner],
                "year": year.astype(np.str_)[owner],
                "fire_size": chips.size[owner],
            },
            together_by=("event",),
            leave="event",
            notes=(*notes, *_notes(windows, fire, chips.masks, chip)),
            suggested={
                "budgets": ["8", "32", "128", "all"],
                "repeats": 3,
                "folds": 5,
                "trials": 2,
                "epochs": 6,
                "batches": 40,
                "sensitivity": False,
                # Fires are large: the common classes of 1 to 100 ha would hold specks alone.
                "object_hectares": [500.0, 5000.0],
            },
            source=f"HLS Burn Scar Scenes (Phillips et al. 2023, doi:10.57967/hf/0956), {ARCHIVE}",
            licence="CC-BY 4.0; burned areas: MTBS; HLS v1.4: NASA, with Copernicus Sentinel data",
        )
    )


def _side(windows: Sequence[SceneWindow], side: int | None) -> int:
    """Choose the side of the chips, and check that scenes can be put beside each other."""
    areas = np.array([window.pixel_area for window in windows])
    strange = np.flatnonzero(np.abs(areas / areas[0] - 1) > 1e-3)  # noqa: PLR2004
    if len(strange):
        other = windows[int(strange[0])]
        raise DataError(
            f"{other.pair.image.name} has pixels of {other.pixel_area**0.5:.4g} m, and "
            f"{windows[0].pair.image.name} of {areas[0] ** 0.5:.4g} m; expected one size: remove "
            "the one that does not belong"
        )
    if side is None:
        first = windows[0]
        odd = [w for w in windows if w.shape != first.shape or w.shape[0] != w.shape[1]]
        if odd:
            raise DataError(
                f"{odd[0].pair.image.name} has {odd[0].shape[0]} x {odd[0].shape[1]} pixels, and "
                f"{first.pair.image.name} {first.shape[0]} x {first.shape[1]}; expected squares of "
                f"one size: remove the odd one, or cut all into chips, such as {FOLDER}:side=128"
            )
        return first.shape[0]
    smallest = min(windows, key=lambda window: min(window.shape))
    if not SMALLEST_SIDE <= side <= min(smallest.shape):
        raise SettingsError(
            f"{FOLDER}:side={side} can't be used: the smallest scene has "
            f"{smallest.shape[0]} x {smallest.shape[1]} pixels; expected {SMALLEST_SIDE} to "
            f"{min(smallest.shape)}"
        )
    return side


def _n_chips(window: SceneWindow, side: int) -> int:
    return (window.shape[0] // side) * (window.shape[1] // side)


def _centres(window: SceneWindow, side: int) -> NDArray[np.float64]:
    # What is asked is where it lies: no values are needed.
    empty = np.broadcast_to(np.int16(0), (1, *window.shape))
    return Scene(empty, window.transform, window.crs).centres(side)


@dataclass(frozen=True, slots=True)
class _Chips:
    """All scenes, cut into chips, and the size class of each window's fire."""

    values: NDArray[np.int16]
    masks: NDArray[np.int16]
    embedding: NDArray[np.float16] | None
    size: NDArray[np.str_]

    def take(self, rows: NDArray[np.int64]) -> "_Chips":
        part = None if self.embedding is None else self.embedding[rows]
        return replace(self, values=self.values[rows], masks=self.masks[rows], embedding=part)

    def inputs(self, years: tuple[int, ...], month: NDArray[np.int64]) -> dict[str, Input]:
        hls = Input(
            "hls",
            self.values,
            BANDS,
            "reflectance x 10000",
            modality="optical",
            years=years,
            months=month[:, None],
        )
        if self.embedding is None:
            return {"hls": hls}
        aef = Input("aef", self.embedding, AEF_BANDS, "1", "keep", "embedding", years)
        return {"hls": hls, "aef": aef}


def _read_all(windows: Sequence[SceneWindow], fire: NDArray[np.str_], side: int) -> _Chips:
    n = sum(_n_chips(window, side) for window in windows)
    values = np.empty((n, len(BANDS), side, side), dtype=np.int16)
    masks = np.empty((n, side, side), dtype=np.int16)
    embedding = None
    if windows[0].pair.embedding is not None:
        embedding = np.empty((n, len(AEF_BANDS), side, side), dtype=np.float16)
    sizes: list[str] = []
    start = 0
    for name in dict.fromkeys(fire.tolist()):
        mine = [window for window, other in zip(windows, fire, strict=True) if other == name]
        burned = []
        for window in mine:
            found = read(window)
            stop = start + _n_chips(window, side)
            values[start:stop] = cut(found.values, side)
            masks[start:stop] = cut(found.mask, side)
            if embedding is not None and found.embedding is not None:
                embedding[start:stop] = cut(found.embedding, side)
            burned.append(found.burned)
            start = stop
        sizes += [size_class(burned_hectares(mine, burned))] * len(mine)
    return _Chips(values, masks, embedding, np.array(sizes, dtype=np.str_))


def _what(windows: Sequence[SceneWindow], side: int, n: int) -> str:
    if n == len(windows):
        return f"{counted(n, 'scene')} of {side} x {side} pixels"
    return f"{counted(n, 'chip')} of {side} x {side} pixels from {counted(len(windows), 'scene')}"


def _notes(
    windows: Sequence[SceneWindow], fire: NDArray[np.str_], masks: NDArray[np.int16], side: int
) -> tuple[str, ...]:
    parts: dict[str, set[str]] = {}
    for window, name in zip(windows, fire.tolist(), strict=True):
        parts.setdefault(name, set()).add(window.pair.part)
    both = sum(len(found) > 1 for found in parts.values())
    subfolders = sorted({window.pair.part for window in windows})
    split = "the publishers' random split is not used"
    if len(subfolders) > 1:
        split += f": in it, {both} of {len(parts)} fires have windows on both sides"
    shown = counted(len(windows), "window shows", "windows show")
    fires_found = f"{shown} {counted(len(parts), 'fire')}"
    notes = [
        f"all {len(windows)} scenes of {' and '.join(subfolders)} are read; {split}",
        f"{fires_found}: windows of one year that overlap or touch count as one fire",
        "windows were centred on burn scars, so the position within a window is informative",
        "a fire's size is the area that its windows show as burned, overlaps counted once",
        f"{(masks < 0).mean():.1%} of the pixels have no data or no label",
    ]
    if windows[0].pair.embedding is not None:
        notes.append("the embedding of a scene is assumed to be of the scene's year")
    rest = {(w.shape[0] % side, w.shape[1] % side) for w in windows} - {(0, 0)}
    if rest:
        notes.append(
            f"the size of scenes is not a multiple of {side} pixels: up to {max(map(max, rest))} "
            "at their right and lower edges are left out"
        )
    return tuple(notes)
