"""An invented country as samples with their truth, and as a task."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input
from bocage.tasks._task import Samples, Task, build_task
from bocage.tasks.landscape._country import VIGOUR, Country, country
from bocage.tasks.landscape._fields import Floats, Ints, generator
from bocage.tasks.landscape._places import visit
from bocage.tasks.landscape._sensors import OPTICAL, sense
from bocage.tasks.landscape._settings import N_BANDS, LandscapeSettings
from bocage.tasks.landscape._truth import Truth, transfer

PLACES, TARGET = 5, 6
LARGE = 400
"""Samples of each class and region, half of them to learn from, behind the truth's scores."""
LARGE_DRAW = 2**31
YIELD_MEAN, YIELD_SLOPE, YIELD_ERROR = 6.0, 1.5, 0.5
"""Yield in t/ha: mean, change with one standard deviation of vigour, and what nothing explains."""
NOTE = "synthetic: an invented country, made by bocage and calibrated to four real regions"


@dataclass(frozen=True, slots=True)
class _Survey:
    """All regions' samples, one below another."""

    embedding: Floats
    reflectance: Floats
    elevation: Floats
    vigour: Floats
    level: Floats
    lonlat: Floats
    area: Floats
    cover: Ints
    region: Ints
    parcel: Ints
    year: Ints
    share: Floats


def landscape_samples(settings: LandscapeSettings | None = None) -> tuple[Samples, Truth]:
    """Draw samples of an invented country and return what is true of it beside them.

    Parameters
    ----------
    settings : LandscapeSettings, optional
        The country and the draw; the calibrated default if left out.

    Returns
    -------
    samples : Samples
        Inputs `aef` (64 bands A00..A63 of unit vectors on the int8 lattice), `s2` (surface
        reflectance 0 to 1) and `elevation` (metres); groups `region`, `year` and `parcel`;
        parcel areas in square metres. Marked as synthetic.
    truth : Truth

    Raises
    ------
    SettingsError
        If a class is too rare in a region to be found.

    Examples
    --------
    >>> samples, truth = landscape_samples(LandscapeSettings(per_class=20))
    >>> samples.inputs["aef"].values.shape, truth.loadings.shape
    ((320, 64), (4, 64))
    """
    settings = settings or LandscapeSettings()
    land = country(settings)
    survey = _survey(land, settings)
    target, clean = _target(survey, settings)
    years = tuple(sorted(settings.years))
    names = np.array([region.name for region in land.regions])[survey.region]
    samples = Samples(
        name="landscape",
        title="Landscape, an invented country",
        kind="classification" if settings.target == "cover" else "regression",
        target=target,
        lonlat=survey.lonlat,
        inputs={
            "aef": Input(
                name="aef",
                values=survey.embedding,
                bands=tuple(f"A{band:02}" for band in range(N_BANDS)),
                scaling="keep",
                modality="embedding",
                years=years,
            ),
            "s2": Input(
                name="s2",
                values=survey.reflectance,
                bands=OPTICAL,
                units="reflectance",
                modality="optical",
                years=years,
            ),
            "elevation": Input(
                name="elevation",
                values=survey.elevation,
                bands=("elevation",),
                units="m",
                modality="elevation",
            ),
        },
        groups={
            "region": names,
            "year": survey.year.astype(np.str_),
            "parcel": np.char.add(np.char.add(names, "-"), survey.parcel.astype(np.str_)),
        },
        together_by=("parcel",),
        area=survey.area,
        leave="region",
        notes=(NOTE,),
        synthetic=True,
        source="made by bocage.tasks.landscape",
        licence="CC0-1.0",
    )
    return samples, _truth(land, settings, survey, clean)


def landscape(settings: LandscapeSettings | None = None) -> Task:
    """Make the task of an invented country: `landscape_samples`, without the truth.

    Examples
    --------
    >>> task = landscape()
    >>> len(task), task.classes, task.synthetic
    (1216, ('built', 'crops', 'trees', 'water'), True)
    """
    return build_task(landscape_samples(settings)[0])


def _survey(land: Country, settings: LandscapeSettings) -> _Survey:
    parts: list[tuple[NDArray[Any], ...]] = []
    for number, region in enumerate(land.regions):
        rng = generator(settings.seed, PLACES, settings.draw, number)
        places = visit(rng, region, settings)
        parts.append(
            (
                *sense(rng, land, region, places, settings),
                np.full(len(places.cover), region.level),
                region.lonlat(places.xy),
                np.round(region.parcels.area(places.parcel)),
                places.cover,
                np.full(len(places.cover), number),
                places.parcel,
                places.year,
                places.share[None],
            )
        )
    return _Survey(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _target(survey: _Survey, settings: LandscapeSettings) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the target with its noise, and without."""
    rng = generator(settings.seed, TARGET, settings.draw)
    n = len(survey.cover)
    if settings.target == "yield":
        error = rng.standard_normal(n)
        if settings.signal:
            grown = YIELD_MEAN + survey.level + YIELD_SLOPE * survey.vigour + YIELD_ERROR * error
        else:
            grown = YIELD_MEAN + YIELD_SLOPE * error
        clean = np.round(np.maximum(grown, 0.0), 3)
        noisy = clean + settings.label_noise * rng.standard_normal(n)
        return np.round(np.maximum(noisy, 0.0), 3), clean
    k = len(settings.classes)
    codes = survey.cover if settings.signal else rng.integers(k, size=n)
    wrong = rng.random(n) < settings.label_noise
    noisy = np.where(wrong, (codes + rng.integers(1, k, size=n)) % k, codes)
    names = np.array(settings.classes)
    return names[noisy], names[codes]


def _truth(
    land: Country, settings: LandscapeSettings, survey: _Survey, clean: NDArray[Any]
) -> Truth:
    layout, mixing = land.axes, land.mixing
    large = replace(
        settings, draw=LARGE_DRAW, per_class=LARGE, revisit=0.0, label_noise=0.0, clusters=0
    )
    wide = _survey(land, large)
    if settings.target == "yield":
        signals: tuple[str, ...] = ("yield",)
        carried = np.zeros((1, N_BANDS))
        carried[0, layout.vigour] = VIGOUR * settings.strength
        part = layout.vigour
        goal: Floats | Ints = _target(wide, large)[1]
    else:
        signals, carried, part = settings.classes, land.classes, layout.signal
        goal = np.unique(_target(wide, large)[1], return_inverse=True)[1]
    if not settings.signal:
        carried = np.zeros_like(carried)
    half = np.arange(len(wide.cover)) % 2 == 0
    inside, outside, home = transfer(wide.embedding, goal, wide.region, half)
    moved = np.stack([region.moved for region in land.regions])
    return Truth(
        settings=settings,
        signals=signals,
        loadings=carried @ mixing,
        signal_basis=mixing[part],
        decoy_basis=mixing[layout.decoy],
        roles=_roles(signals, carried, mixing) if settings.mixing == "planted" else {},
        regions=tuple(region.name for region in land.regions),
        share=survey.share,
        shift=settings.shift,
        displacement=float(np.sqrt((moved**2).sum(axis=2).mean())),
        inside=inside,
        outside=outside,
        home=home,
        clean=clean,
    )


def _roles(signals: tuple[str, ...], carried: Floats, mixing: Floats) -> dict[str, tuple[str, ...]]:
    """Name the signals that each band raises; a planted band holds one latent dimension."""
    return {
        f"A{int(np.flatnonzero(mixing[dim])[0]):02}": tuple(
            name for name, size in zip(signals, carried[:, dim], strict=True) if size > 0
        )
        for dim in np.flatnonzero(carried.any(axis=0))
    }
