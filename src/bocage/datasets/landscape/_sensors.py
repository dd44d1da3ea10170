"""What is measured at places: embedding, reflectance, elevation."""

import numpy as np

from bocage.core import Floats
from bocage.datasets.landscape._country import CONSTANT, PIXEL, VIGOUR, WHITE, Country, Region
from bocage.datasets.landscape._fields import generator
from bocage.datasets.landscape._places import CENTRE, VisitedPlaces
from bocage.datasets.landscape._settings import N_BANDS, LandscapeSettings

OPTICAL = ("B02", "B03", "B04", "B8A", "B11", "B12")
SPECTRA = {
    "water": (0.05, 0.05, 0.04, 0.03, 0.02, 0.015),
    "trees": (0.03, 0.05, 0.035, 0.28, 0.15, 0.07),
    "crops": (0.05, 0.08, 0.07, 0.30, 0.22, 0.13),
    "built": (0.10, 0.12, 0.13, 0.20, 0.21, 0.18),
    "grass": (0.05, 0.08, 0.08, 0.26, 0.24, 0.15),
    "bare": (0.12, 0.16, 0.20, 0.28, 0.35, 0.31),
}
"""Plausible surface reflectances of well-known covers; other classes get invented ones."""
OPTICAL_NOISE = 0.70
SPECTRUM, RELIEF = 4, 110.0
QUANTUM = 127.5
LARGEST = 127


def quantise(values: Floats) -> Floats:
    """Round to AlphaEarth's int8 lattice and back.

    Parameters
    ----------
    values : ndarray of float64, shape (n, d)
        Components of unit vectors.

    Returns
    -------
    ndarray of float64, shape (n, d)
        sign(v) (v / 127.5)^2 for whole v in [-127, 127].

    Notes
    -----
    The dequantisation is the one in the data set's guide; rounding 127.5 sign(f) sqrt(abs f) is
    its inverse.
    """
    v = np.clip(np.round(QUANTUM * np.sign(values) * np.sqrt(np.abs(values))), -LARGEST, LARGEST)
    return np.asarray(np.sign(v) * (v / QUANTUM) ** 2)


def sense(
    rng: np.random.Generator,
    land: Country,
    region: Region,
    places: VisitedPlaces,
    settings: LandscapeSettings,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Measure a region's places.

    Returns
    -------
    embedding : ndarray of float64, shape (n, 64)
    reflectance : ndarray of float64, shape (n, 6)
        Surface reflectance, 0 to 1.
    elevation : ndarray of float64, shape (n, 1)
        Metres.
    vigour : ndarray of float64, shape (n,)
        What yields follow; mean 0, variance 1.
    """
    layout, n = land.axes, len(places.cover)
    centre = region.parcels.point(places.parcel, np.full((n, 2), CENTRE))
    fields = region.field(places.xy, centre) @ region.nuisance
    vigour, relief = fields[:, -1], fields[:, -2]
    latent = land.classes[places.cover] + region.moved[places.cover] + region.offset
    latent[:, 0] = CONSTANT
    white = rng.standard_normal((n, N_BANDS))
    latent += land.scale * (np.sqrt(1 - WHITE) * fields[:, :-2] + np.sqrt(WHITE) * white)
    size = VIGOUR * settings.strength * vigour[:, None]
    latent[:, layout.vigour] += size
    latent += size * region.lean
    for year in np.unique(places.year):
        latent[places.year == year] += land.yearly[int(year)]
    latent += PIXEL * rng.standard_normal((n, N_BANDS))
    vectors = latent @ land.mixing
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # Rounded, so that no machine's last bits reach a content key.
    light = _reflectance(rng, region, places, settings)
    height = region.elevation + RELIEF * relief + region.slope[places.cover]
    return quantise(vectors), light, np.round(height, 1)[:, None], vigour


def _reflectance(
    rng: np.random.Generator, region: Region, places: VisitedPlaces, settings: LandscapeSettings
) -> Floats:
    """Spectra of the classes under the region's light, with noise that is common to all bands."""
    n = len(places.cover)
    bright = rng.normal(0, OPTICAL_NOISE, (n, 1)) + rng.normal(0, OPTICAL_NOISE, (n, len(OPTICAL)))
    light = spectra(region, settings)[places.cover] * np.exp(bright)
    return np.asarray(np.round(np.clip(light, 0.001, 1.0), 4))


def spectra(region: Region, settings: LandscapeSettings) -> Floats:
    """Return the reflectance of each class under the region's light, shape (n_classes, 6)."""
    table = np.array(
        [
            SPECTRA.get(name) or _spectrum(settings.seed, code)
            for code, name in enumerate(settings.classes)
        ]
    )
    mean = table.mean(axis=0)
    return np.asarray(mean * (table / mean) ** settings.strength * region.gain + region.haze)


def _spectrum(seed: int, code: int) -> Floats:
    rng = generator(seed, SPECTRUM, code)
    return np.asarray(np.clip(0.15 * np.exp(rng.normal(0, 0.6, len(OPTICAL))), 0.01, 0.6))
