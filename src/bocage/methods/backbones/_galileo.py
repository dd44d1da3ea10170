"""Galileo: a transformer for many sensors (Tseng et al. 2025, arXiv 2502.09356)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, PinnedFile, SettingsError
from bocage.methods.backbones._backbone import Backbone
from bocage.methods.backbones._bands import Band, arrange, sentinel2

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

BANDS = (
    Band("VV", "dB", -60, 30, aliases=("vv",)),
    Band("VH", "dB", -60, 30, aliases=("vh",)),
    *sentinel2("B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12"),
    Band("NDVI", "1", -1, 1),
    Band("temperature_2m", "K", 180, 340),
    Band("total_precipitation", "m", 0, 3, aliases=("total_precipitation_sum",)),
    Band("elevation", "m", -500, 9000),
    Band("slope", "degree", 0, 90),
)
N_SPACE_TIME, N_TIME = 13, 2
MAX_DATES = 24


def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
    """Check and normalise a series for Galileo; each pixel is a picture of one pixel.

    Parameters
    ----------
    item : Input
        A series with months.
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
        If months are unknown, there are more than 24 dates, or bands can't be used.
    DataError
        If the values do not look like their unit.
    """
    from rslearn.models.galileo import single_file_galileo as published

    if item.form != "series" or item.months is None:
        raise SettingsError(
            f"galileo reads time series whose months are known; input {item.name!r} is "
            f"{'a series without months' if item.form == 'series' else f'of form {item.form}'}"
        )
    n, n_dates, _ = item.values.shape
    if n_dates > MAX_DATES:
        raise SettingsError(
            f"input {item.name!r} has {n_dates} dates; galileo takes at most {MAX_DATES}"
        )
    values, present = arrange(item, BANDS, "galileo")
    s_t_x = values[:, :, :N_SPACE_TIME]
    t_x = np.zeros((n, n_dates, len(published.TIME_BANDS)), dtype=np.float32)
    t_x[:, :, :N_TIME] = values[:, :, N_SPACE_TIME : N_SPACE_TIME + N_TIME]
    sp_x = np.zeros((n, len(published.SPACE_BANDS)), dtype=np.float32)
    sp_x[:, :2] = values[:, 0, -2:]
    st_x = np.zeros((n, len(published.STATIC_BANDS)), dtype=np.float32)
    lon, lat = np.radians(lonlat).T
    xyz = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    at = published.STATIC_BANDS.index("x")
    normal: Any = published.Normalizer()
    found: dict[str, NDArray[Any]] = {
        "s_t_x": normal(s_t_x)[:, None, None].astype(np.float32),
        "t_x": normal(t_x).astype(np.float32),
        "sp_x": normal(sp_x)[:, None, None].astype(np.float32),
        "st_x": normal(st_x).astype(np.float32),
        "months": item.months - 1,
    }
    found["st_x"][:, at : at + 3] = xyz
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


def build(path: Path | None) -> "Encoder":
    """Build Galileo's encoder, with weights from a file or random ones."""
    from bocage.methods.backbones._galileo_encoder import GalileoEncoder

    return GalileoEncoder.from_file(path)


GALILEO = Backbone(
    name="galileo",
    title="Galileo nano",
    form="series",
    width=128,
    n_blocks=4,
    bands=tuple(band.name for band in BANDS),
    n_parameters=1_037_856,
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
