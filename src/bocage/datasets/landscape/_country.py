"""The invented country: what differs between regions and what the bands carry."""

from dataclasses import dataclass

import numpy as np

from bocage.core import Floats
from bocage.datasets.landscape._fields import Waves, generator, rotation, waves, weights
from bocage.datasets.landscape._parcels import Parcels, parcels
from bocage.datasets.landscape._settings import N_BANDS, LandscapeSettings

# Each stream of random numbers has its own number, so that one can be changed alone.
COUNTRY, REGION, YEAR = 1, 2, 3

NAMES = (
    *("alder", "birch", "cherry", "dogwood", "elm", "fern", "gorse", "hazel", "iris", "juniper"),
    *("kelp", "larch", "maple", "nettle", "oak", "privet", "quince", "rowan", "sedge", "thorn"),
)
WEST, SOUTH, STEP_LON, STEP_LAT, COLUMNS = -138.0, -52.0, 5.0, 4.0, 6
"""Regions stand on a coarse grid in the South Pacific, where there is no land at all."""
METRES_PER_DEGREE = 111_195.0
SIDE = (55_000.0, 95_000.0)
"""Smallest and largest side of a region in metres: about half a degree to a degree."""

N_GENERAL, N_DECOY = 2, 6
CONSTANT = 0.45
"""Length of the mean vector that all places share (0.46 in the real four regions)."""
N_WAVES = 128
LENGTHS = (400.0, 1_800.0, 15_000.0)
"""Scales of the fields in metres: within a farm, between farms, across the region."""
CLASS_MIX = (0.0, 0.6, 0.75)
NUISANCE_MIX = (0.35, 0.5, 0.5)
"""How much of each scale is in a class field and in a nuisance field."""

# Sizes below are in units of the embedding, whose vectors have length 1. They are calibrated to
# the real four regions by benchmarks/landscape_calibration.py.
SPECIFIC, GENERAL = 0.42, 0.20
CLASS_NOISE = 0.165
MOVED = 0.36
DECOY = 0.34
DECOY_NOISE = 0.15
REGION_NUISANCE, REGION_SIGNAL = 0.60, 0.15
NUISANCE = 0.34
DECAY = 0.10
PIXEL, WHITE = 0.03, 0.3
"""Noise of each pixel: size in every dimension, and share of the variance within classes."""
YEARLY = 0.03
VIGOUR = 0.16
LEVEL = 1.0
"""Standard deviation between regions of the yield at equal vigour, in t/ha."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Which latent dimensions stand for what; they follow one another.

    Attributes
    ----------
    specific, general, vigour, decoy, nuisance : slice
        One dimension a class; contrasts that several classes share; vigour of plants; what goes
        with a class in one region only; the rest. Dimension 0 is the constant.
    """

    specific: slice
    general: slice
    vigour: slice
    decoy: slice
    nuisance: slice

    @property
    def signal(self) -> slice:
        """Dimensions that carry classes in every region."""
        return slice(self.specific.start, self.general.stop)


def axes(n_classes: int) -> Axes:
    """Lay out the latent dimensions for a number of classes."""
    edges = np.cumsum([1, n_classes, N_GENERAL, 1, N_DECOY]).tolist()
    parts = [slice(a, b) for a, b in zip(edges, [*edges[1:], N_BANDS], strict=True)]
    return Axes(*parts)


@dataclass(frozen=True, slots=True)
class Region:
    """One region.

    Attributes
    ----------
    name : str
    centre : tuple of float
        Longitude and latitude in degrees.
    side : float
        Side of its square in metres.
    parcels : Parcels
    waves : tuple of Waves
        One for each of `LENGTHS`.
    cover, nuisance : ndarray of float64, shape (3 * N_WAVES, n_classes) and (3 * N_WAVES, 66)
        Weights of the waves in the class fields, and in what varies within a class: the latent
        dimensions, relief and vigour.
    prior : ndarray of float64, shape (n_classes,)
        Added to the class fields: how common a class is here.
    offset : ndarray of float64, shape (64,)
        What sets all latent vectors of the region apart.
    moved : ndarray of float64, shape (n_classes, 64)
        What sets each class's latent vectors apart, here and nowhere else.
    lean : ndarray of float64, shape (64,)
        Latent direction that goes with vigour here and nowhere else.
    elevation : float
        Metres above sea level.
    slope : ndarray of float64, shape (n_classes,)
        How elevation follows class, here and nowhere else.
    gain, haze : ndarray of float64, shape (n_classes, 6) and (6,)
        What the region does to reflectances: a factor, then a term.
    level : float
        What sets yields apart in the region, in t/ha.
    """

    name: str
    centre: tuple[float, float]
    side: float
    parcels: Parcels
    waves: tuple[Waves, ...]
    cover: Floats
    nuisance: Floats
    prior: Floats
    offset: Floats
    moved: Floats
    lean: Floats
    elevation: float
    slope: Floats
    gain: Floats
    haze: Floats
    level: float

    def field(self, xy: Floats, centre: Floats) -> Floats:
        """Evaluate all waves: the finest at the parcels' centres, shape (n, 3 * N_WAVES)."""
        fine, *coarse = self.waves
        return np.concatenate([fine(centre), *(wave(xy) for wave in coarse)], axis=1)

    def lonlat(self, xy: Floats) -> Floats:
        """Turn metres about the centre into degrees, rounded to 1e-6 (a tenth of a metre)."""
        scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(self.centre[1])), 1.0])
        return np.asarray(np.round(np.array(self.centre) + xy / scale, 6))


@dataclass(frozen=True, slots=True)
class Country:
    """All that is fixed before samples are drawn.

    Attributes
    ----------
    axes : Axes
    mixing : ndarray of float64, shape (64, 64)
        Latent rows to bands: embedding = latent @ mixing; orthogonal.
    classes : ndarray of float64, shape (n_classes, 64)
        Latent vector of each class, the same in every region; their mean is 0.
    scale : ndarray of float64, shape (64,)
        Standard deviation of what varies within a class and region.
    regions : tuple of Region
    yearly : dict of int to ndarray of float64, shape (64,)
        What a year does to all latent vectors.
    """

    axes: Axes
    mixing: Floats
    classes: Floats
    scale: Floats
    regions: tuple[Region, ...]
    yearly: dict[int, Floats]


def country(settings: LandscapeSettings) -> Country:
    """Make the country that the settings describe."""
    rng = generator(settings.seed, COUNTRY)
    k = len(settings.classes)
    layout = axes(k)
    turned = rotation(rng, N_BANDS)
    planted = np.eye(N_BANDS)[rng.permutation(N_BANDS)]
    latent = np.zeros((k, N_BANDS))
    latent[:, layout.specific] = SPECIFIC * (np.eye(k) - 1 / k)
    # Each contrast raises half of the classes, the next one a half that starts one class further.
    order = rng.permutation(k)
    contrast = np.array(
        [np.where(np.roll(order, -i) < k // 2, 1.0, -1.0) for i in range(N_GENERAL)]
    )
    latent[:, layout.general] = GENERAL * (contrast - contrast.mean(axis=1, keepdims=True)).T
    fading = np.exp(-DECAY * np.arange(N_BANDS - layout.nuisance.start))
    scale = np.zeros(N_BANDS)
    scale[layout.signal] = CLASS_NOISE
    scale[layout.decoy] = DECOY_NOISE
    scale[layout.nuisance] = NUISANCE * fading / np.linalg.norm(fading)
    return Country(
        axes=layout,
        mixing=planted if settings.mixing == "planted" else turned,
        classes=settings.strength * latent,
        scale=scale,
        regions=tuple(_region(settings, layout, number) for number in range(settings.n_regions)),
        yearly={year: _year(settings.seed, layout, year) for year in settings.years},
    )


def _region(settings: LandscapeSettings, layout: Axes, number: int) -> Region:
    rng = generator(settings.seed, REGION, number)
    k = len(settings.classes)
    row, column = divmod(number, COLUMNS)
    jitter = rng.uniform(-1, 1, 2)
    centre = (
        round(WEST + STEP_LON * column + float(jitter[0]), 3),
        round(SOUTH + STEP_LAT * row + float(jitter[1]), 3),
    )
    side = float(rng.uniform(*SIDE))
    again = number // len(NAMES)
    size, moves = settings.shift, settings.shift * settings.strength
    offset = np.zeros(N_BANDS)
    offset[layout.nuisance] = REGION_NUISANCE * _unit(rng, N_BANDS - layout.nuisance.start)
    spread = slice(layout.signal.start, layout.decoy.stop)
    offset[spread] = REGION_SIGNAL * _unit(rng, spread.stop - spread.start)
    moved = np.zeros((k, N_BANDS))
    for part, amount in ((layout.signal, MOVED), (layout.decoy, DECOY)):
        drawn = rng.standard_normal((k, part.stop - part.start))
        # Each class moves as far as the others; only the direction is left to chance.
        moved[:, part] = amount * drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    lean = np.zeros(N_BANDS)
    lean[layout.decoy] = _unit(rng, N_DECOY)
    return Region(
        name=NAMES[number % len(NAMES)] + (str(again + 1) if again else ""),
        centre=centre,
        side=side,
        parcels=parcels(rng, side),
        waves=tuple(waves(rng, length, N_WAVES) for length in LENGTHS),
        cover=_mixed(rng, CLASS_MIX, k),
        nuisance=_mixed(rng, NUISANCE_MIX, N_BANDS + 2),
        prior=0.3 * rng.standard_normal(k),
        offset=size * offset,
        moved=moves * moved,
        lean=size * lean,
        elevation=float(rng.uniform(100, 1500)),
        slope=settings.strength * rng.normal(0, 25, k),
        gain=np.exp(moves * rng.normal(0, 0.25, (k, 6))),
        haze=size * rng.normal(0, 0.02, 6),
        level=size * float(rng.normal(0, LEVEL)),
    )


def _year(seed: int, layout: Axes, year: int) -> Floats:
    out = np.zeros(N_BANDS)
    rng = generator(seed, YEAR, year)
    out[layout.signal.start :] = YEARLY * _unit(rng, N_BANDS - layout.signal.start)
    return out


def _unit(rng: np.random.Generator, size: int) -> Floats:
    drawn = rng.standard_normal(size)
    return np.asarray(drawn / np.linalg.norm(drawn))


def _mixed(rng: np.random.Generator, mix: tuple[float, ...], fields: int) -> Floats:
    parts = np.array(mix) / np.linalg.norm(mix)
    return np.concatenate([part * weights(rng, N_WAVES, fields) for part in parts])
