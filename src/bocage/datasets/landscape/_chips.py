"""The invented country in chips: parcels to be segmented."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Floats, Input, Ints, SettingsError
from bocage.datasets.landscape._country import Country, Region, country
from bocage.datasets.landscape._fields import generator
from bocage.datasets.landscape._landscape import NOTE
from bocage.datasets.landscape._places import VisitedPlaces, cover_of
from bocage.datasets.landscape._sensors import sense, spectra
from bocage.datasets.landscape._settings import N_BANDS, LandscapeSettings
from bocage.tasks import Samples, Task, build_task

CHIPS, LABELS = 7, 8
MONTH = 7
"""The invented scenes are of July: some networks want to know."""

METRES = 10.0
"""Side of a pixel."""

SMALLEST_SIDE = 8
GLANCE = 6
"""Places a side at which a chip is looked at before it is taken."""

BANDS = ("B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B11", "B12")
RED_EDGE = {"B5": 0.25, "B6": 0.75, "B7": 0.95, "B8": 0.97}
"""Where bands between red and narrow near infrared stand on the way from one to the other."""

PARCEL_LIGHT, PIXEL_LIGHT = 0.40, 0.50
"""Standard deviations of the logarithm of reflectance: of parcels (a crop stands well or badly)
and of pixels; half of either variance is common to all bands."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is seen in one region, all pixels of all chips one below another."""

    centre: Floats
    embedding: NDArray[np.float32]
    reflectance: NDArray[np.int16]
    cover: Ints
    parcel: Ints
    year: Ints


def landscape_chips(
    settings: LandscapeSettings | None = None, *, chips: int = 120, side: int = 32
) -> Task:
    """Make a segmentation task from the invented country.

    Parameters
    ----------
    settings : LandscapeSettings, optional
        The country and the draw; `per_class`, `revisit` and `clusters` are not used.
    chips : int
        Number of chips, spread evenly over the regions; no two overlap.
    side : int
        Pixels of 10 m a side.

    Returns
    -------
    Task
        Land cover of parcels; inputs `aef` (64 bands of unit vectors on the int8 lattice) and
        `s2` (ten bands of Sentinel-2, int16 reflectance x 10000); groups `region` and `year`.
        Marked as synthetic.

    Raises
    ------
    SettingsError
        If the country has no land cover, or chips are asked for that it can't hold.

    Notes
    -----
    Class, vigour and most of the embedding's variance belong to parcels; noise belongs to pixels
    and is independent between them. So a model that looks at single pixels learns much, and one
    that looks around learns more.

    Examples
    --------
    >>> task = landscape_chips(chips=8, side=16)
    >>> task.masks.shape, task.inputs["s2"].values.shape, task.synthetic
    ((8, 16, 16), (8, 10, 16, 16), True)
    """
    settings = settings or LandscapeSettings()
    if settings.target != "cover":
        raise SettingsError(
            "landscape chips have one class per pixel; expected target 'cover', found "
            f"{settings.target!r}"
        )
    if chips < settings.n_regions or side < SMALLEST_SIDE:
        raise SettingsError(
            f"landscape: {chips} chips of {side} x {side} pixels are requested; expected one or "
            f"more in each of {settings.n_regions} regions, of {SMALLEST_SIDE} pixels or more"
        )
    land = country(settings)
    parts = [
        look(land, number, chips // len(land.regions) + (number < chips % len(land.regions)),
              side, settings)
        for number in range(len(land.regions))
    ]  # fmt: skip
    names = np.array([region.name for region in land.regions])
    owner = np.repeat(np.arange(len(parts)), [len(part.centre) for part in parts])
    classes = np.array(settings.classes)
    # Where each class of the settings stands among the sorted names.
    order = np.argsort(np.argsort(classes))
    masks = np.concatenate(
        [_labelled(part, number, side, settings) for number, part in enumerate(parts)]
    )
    years = tuple(sorted(settings.years))

    def stacked(column: str, bands: int) -> NDArray[np.generic]:
        values = np.concatenate([getattr(part, column) for part in parts])
        grid = values.reshape(len(owner), side, side, bands)
        return np.ascontiguousarray(np.moveaxis(grid, -1, 1))

    return build_task(
        Samples(
            name="landscape-chips",
            title=f"Synthetic landscape: {len(owner)} chips of {side} x {side} pixels",
            kind="segmentation",
            target=np.zeros(len(owner)),
            classes=tuple(sorted(settings.classes)),
            masks=order[masks].astype(np.int16),
            parcels=_parcels(parts, side),
            pixel_metres=METRES,
            lonlat=np.concatenate(
                [land.regions[i].lonlat(part.centre) for i, part in enumerate(parts)]
            ),
            inputs={
                "aef": Input(
                    "aef",
                    stacked("embedding", N_BANDS),
                    tuple(f"A{band:02}" for band in range(N_BANDS)),
                    scaling="keep",
                    modality="embedding",
                    years=years,
                ),
                "s2": Input(
                    "s2",
                    stacked("reflectance", len(BANDS)),
                    BANDS,
                    "reflectance x 10000",
                    modality="optical",
                    years=years,
                    months=np.full((len(owner), 1), MONTH),
                ),
            },
            groups={
                "region": names[owner],
                "year": np.concatenate([part.year for part in parts]).astype(np.str_),
            },
            leave="region",
            notes=(
                NOTE,
                f"{settings.label_noise:.0%} of the parcels are wholly labelled as another class",
            ),
            synthetic=True,
            suggested={
                # What two cores do in about half an hour.
                "budgets": ["8", "all"],
                "repeats": 1,
                "trials": 2,
                "epochs": 3,
                "batches": 12,
                "sensitivity": False,
            },
            source="made by bocage.datasets.landscape",
            licence="CC0-1.0",
        )
    )


def look(land: Country, number: int, count: int, side: int, settings: LandscapeSettings) -> _Seen:
    """Draw chips in a region, and see every pixel of them."""
    region = land.regions[number]
    rng = generator(settings.seed, CHIPS, settings.draw, number)
    centre = _places(rng, region, count, side * METRES)
    # Rows run from north to south.
    step = METRES * (np.arange(side) + 0.5 - side / 2)
    offset = np.stack(np.meshgrid(step, -step), axis=-1).reshape(-1, 2)
    xy = (centre[:, None] + offset).reshape(-1, 2)
    parcel = region.parcels.locate(xy)
    held, inverse = np.unique(parcel, return_inverse=True)
    cover = cover_of(region, held)[inverse]
    years = np.array(settings.years, dtype=np.int64)[rng.integers(len(settings.years), size=count)]
    places = VisitedPlaces(xy, parcel, cover, np.repeat(years, side**2), np.full(1, np.nan))
    embedding, _, _, _ = sense(rng, land, region, places, settings)
    light = _reflectance(rng, region, cover, inverse, settings)
    return _Seen(centre, embedding.astype(np.float32), light, cover, parcel, years)


def _places(rng: np.random.Generator, region: Region, count: int, width: float) -> Floats:
    """Draw centres of chips on a grid of their own width, so that none overlap.

    Twice as many are looked at as are wanted, and those with several classes taken first: a chip
    of one class has no edge to be found.
    """
    n = int(region.side // width)
    if count > n * n:
        raise SettingsError(
            f"landscape: region {region.name} has room for {n * n} chips of {width:g} m; {count} "
            "are requested: use fewer or smaller ones"
        )
    cell = rng.choice(n * n, min(2 * count, n * n), replace=False)
    centre = (np.column_stack(np.divmod(cell, n)) + 0.5 - n / 2) * width
    step = width * (np.arange(GLANCE) + 0.5 - GLANCE / 2) / GLANCE
    glance = np.stack(np.meshgrid(step, step), axis=-1).reshape(-1, 2)
    xy = (centre[:, None] + glance).reshape(-1, 2)
    cover = np.sort(cover_of(region, region.parcels.locate(xy)).reshape(len(cell), -1), axis=1)
    n_classes = (np.diff(cover, axis=1) > 0).sum(axis=1)
    taken = np.argsort(-(n_classes > 0).astype(np.int64), kind="stable")[:count]
    return centre[np.sort(taken)]


def _reflectance(
    rng: np.random.Generator,
    region: Region,
    cover: Ints,
    parcel: NDArray[np.intp],
    settings: LandscapeSettings,
) -> NDArray[np.int16]:
    """Draw reflectances of pixels: the spectrum of their class, brighter or darker by parcel."""
    blue, green, red, narrow, short, shorter = spectra(region, settings).T
    table = {"B2": blue, "B3": green, "B4": red, "B8A": narrow, "B11": short, "B12": shorter}
    table |= {name: red + share * (narrow - red) for name, share in RED_EDGE.items()}
    mean = np.column_stack([table[name] for name in BANDS])[cover]
    shade = 0.0
    for size, rows in ((PARCEL_LIGHT, parcel), (PIXEL_LIGHT, np.arange(len(cover)))):
        n = int(rows.max()) + 1
        drawn = rng.standard_normal((n, 1)) + rng.standard_normal((n, len(BANDS)))
        shade = shade + (size * np.sqrt(0.5) * drawn)[rows]
    values = np.clip(np.round(10_000 * mean * np.exp(shade)), 1, 16_000)
    return np.asarray(values, dtype=np.int16)


def _parcels(parts: list[_Seen], side: int) -> NDArray[np.int32]:
    """Give each parcel a number of its own, in all regions."""
    first = np.cumsum([0, *(int(part.parcel.max()) + 1 for part in parts)])
    numbers = [start + part.parcel for start, part in zip(first[:-1], parts, strict=True)]
    return np.concatenate(numbers).reshape(-1, side, side).astype(np.int32)


def _labelled(part: _Seen, number: int, side: int, settings: LandscapeSettings) -> Ints:
    """Return the masks of a region: a share of its parcels is labelled as another class."""
    rng = generator(settings.seed, LABELS, settings.draw, number)
    held, inverse = np.unique(part.parcel, return_inverse=True)
    k, n = len(settings.classes), len(held)
    code = np.zeros(n, dtype=np.int64)
    code[inverse] = part.cover
    if not settings.signal:
        code = rng.integers(k, size=n)
    wrong = rng.random(n) < settings.label_noise
    noisy = np.where(wrong, (code + rng.integers(1, k, size=n)) % k, code)
    return noisy[inverse].reshape(-1, side, side)
