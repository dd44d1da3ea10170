"""Galileo: a transformer for many sensors (Tseng et al. 2025, arXiv 2502.09356)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, PinnedFile, SettingsError, unit_vectors
from bocage.methods.backbones._backbone import Arrays, Backbone
from bocage.methods.backbones._bands import POINT_BANDS, arrange, months_of, need_places

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

_ORDER = ("VV", "VH", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12", "NDVI")
_REST = ("temperature_2m", "total_precipitation", "elevation", "slope")
_KNOWN = {band.name: band for band in POINT_BANDS}
BANDS = tuple(_KNOWN[name] for name in (*_ORDER, *_REST))
N_SPACE_TIME, N_TIME = 13, 2
PATCH = 8
"""Pixels of a chip that become one token: its weights know 1 to 8, and few tokens are quick."""


def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
    """Check and normalise series or chips for Galileo; a series is a picture of one pixel.

    Parameters
    ----------
    item : Input
        A series, or chips, with months.
    lonlat : ndarray of float64, shape (n, 2)
        Degrees.
    place : bool
        Whether the network sees the coordinates.

    Returns
    -------
    dict
        Arrays as the published encoder names them, normalised with the published statistics (two
        standard deviations around the mean), `months` 0 to 11, and one row of masks for all.

    Raises
    ------
    SettingsError
        If months are unknown, there are more than 24 dates, bands can't be used, or chips are
        not square and a multiple of `PATCH`.
    DataError
        If the values do not look like their unit.
    """
    from rslearn.models.galileo import single_file_galileo as published

    months = months_of(item, "galileo")
    values, present = arrange(item, BANDS, "galileo")
    cube = _cube(item, values)
    n, n_dates = len(cube), cube.shape[3]
    s_t_x = cube[..., :N_SPACE_TIME]
    t_x = np.zeros((n, n_dates, len(published.TIME_BANDS)), dtype=np.float32)
    # Weather is one value a chip, and the ground does not move.
    t_x[:, :, :N_TIME] = cube[..., N_SPACE_TIME : N_SPACE_TIME + N_TIME].mean(axis=(1, 2))
    sp_x = np.zeros((*cube.shape[:3], len(published.SPACE_BANDS)), dtype=np.float32)
    sp_x[..., :2] = cube[:, :, :, 0, -2:]
    st_x = np.zeros((n, len(published.STATIC_BANDS)), dtype=np.float32)
    at = published.STATIC_BANDS.index("x")
    normal: Any = published.Normalizer()
    found: dict[str, NDArray[Any]] = {
        "s_t_x": normal(s_t_x).astype(np.float32),
        "t_x": normal(t_x).astype(np.float32),
        "sp_x": normal(sp_x).astype(np.float32),
        "st_x": normal(st_x).astype(np.float32),
        "months": months,
    }
    if place:
        need_places(lonlat, "galileo")
    # Hidden below where the network is not to see it.
    found["st_x"][:, at : at + 3] = np.nan_to_num(unit_vectors(lonlat))
    here = dict(zip((band.name for band in BANDS), present, strict=True))
    known = [
        all(here.get(published.SPACE_TIME_BANDS[i], False) for i in index)
        for index in published.SPACE_TIME_BANDS_GROUPS_IDX.values()
    ]
    weather = here["temperature_2m"] and here["total_precipitation"]
    ground = here["elevation"] and here["slope"]
    if not any(known):
        raise SettingsError(
            f"input {item.name!r} has no complete group of galileo's bands (VV and VH; B2, B3 and "
            "B4; ...); expected at least one"
        )
    # 1 hides a group, as in the published code.
    found["s_t_m"] = 1 - np.array([known], dtype=np.float32)
    found["t_m"] = np.array([[not weather, True, True]], dtype=np.float32)
    found["sp_m"] = np.array([[not ground, True, True]], dtype=np.float32)
    found["st_m"] = np.array([[True, not place, True, True]], dtype=np.float32)
    return found


def _cube(item: Input, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lay values out as (samples, height, width, dates, bands)."""
    if item.form == "series":
        return values[:, None, None]
    height, width = values.shape[-2:]
    if height != width or height % PATCH:
        raise SettingsError(
            f"galileo reads square chips whose sides are multiples of {PATCH} pixels; those of "
            f"input {item.name!r} are {height} x {width}: cut chips of another size"
        )
    dated = values if values.ndim == 5 else values[:, None]  # noqa: PLR2004
    return np.ascontiguousarray(dated.transpose(0, 3, 4, 1, 2))


def build(path: Path | None, arrays: Arrays) -> "Encoder":
    """Build Galileo's encoder, with weights from a file or random ones."""
    from bocage.methods.backbones._galileo_encoder import GalileoEncoder

    _, height, _, n_dates, _ = arrays["s_t_x"].shape
    patch = PATCH if height > 1 else 1
    side = height // patch
    visible = int((arrays["s_t_m"][0] == 0).sum())
    return GalileoEncoder.from_file(path, patch, side, side * side * n_dates * visible)


GALILEO = Backbone(
    name="galileo",
    title="Galileo nano",
    forms=("series", "chips"),
    n_blocks=4,
    bands=tuple(band.name for band in BANDS),
    file=PinnedFile(
        "weights/galileo/models/nano/encoder.pt",
        "eab6acacf527886a508a555bc24efe4b4a2cf91b162e84cd1c4a1807e942180c",
        "https://huggingface.co/nasaharvest/galileo/resolve/"
        "f039dd5dde966a931baeda47eb680fa89b253e4e/models/nano",
    ),
    arrays=arrays,
    build=build,
    library="rslearn",
    source="Galileo, Tseng et al. 2025, arXiv 2502.09356; MIT",
)
