"""Which class shares a map is made under."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import DataError, SettingsError
from bocage.mapping._priors import estimate_prior
from bocage.mapping._windows import inside, windows_of
from bocage.mapping.model import MapModel
from bocage.mapping.painters import Painter
from bocage.sources import Raster, Window

SAMPLED_WINDOWS = 24
"""Windows that class shares are estimated from, spread over the area."""

SAMPLED_PIXELS = 200_000


def shares(
    model: MapModel,
    asked: str | Mapping[str, float],
    raster: Raster,
    painter: Painter,
    shape: Any,
    area: Window,
) -> tuple[tuple[float, ...] | None, tuple[str, ...]]:
    """Return the class shares to map under, and notes; None for those that were learned.

    Raises
    ------
    SettingsError
        If what is asked for can't be used.
    """
    if not asked:
        return None, _warned(model)
    if not model.classes:
        raise SettingsError(f"{model.target} is a number, without class shares; leave out --prior")
    n = len(model.classes)
    if asked == "uniform":
        return (1 / n,) * n, ()
    if isinstance(asked, str):
        if asked != "estimated":
            raise SettingsError(
                f"no prior {asked!r}; expected uniform, estimated, or shares such as "
                "crop=0.4,tree=0.6"
            )
        found = estimate_prior(_sampled(raster, painter, shape, area), model.prior)
        words = "" if found.converged else ", which did not converge"
        return tuple(found.prior.tolist()), (
            (
                "class shares were estimated from the map's own probabilities by EM"
                f"{words}: they hold where probabilities are calibrated and classes look as they "
                "did in training"
            ),
        )
    if set(asked) != set(model.classes):
        raise SettingsError(
            f"shares are given for {', '.join(asked)}; expected one for each class: "
            f"{', '.join(model.classes)}"
        )
    total = sum(asked.values())
    if not (total > 0 and min(asked.values()) >= 0):
        raise SettingsError("class shares must be 0 or more, and not all 0")
    return tuple(asked[name] / total for name in model.classes), ()


def _warned(model: MapModel) -> tuple[str, ...]:
    """Warn of areas that stand on classes taken to be equally frequent."""
    learned = {round(share, 9) for share in model.prior if share > 0}
    if len(learned) != 1 or len(model.prior) < 2:  # noqa: PLR2004 - nothing to weigh
        return ()
    note = (
        "the model takes all classes to be equally frequent, so rare ones are mapped too often "
        "where it is unsure; say how frequent they are with --prior, or --prior estimated"
    )
    return (note,)


def share_weights(model: MapModel, prior: ArrayLike) -> NDArray[np.float64]:
    """Return what each class's probability is multiplied by."""
    learned = np.asarray(model.prior)
    wanted = np.asarray(prior, dtype=np.float64)
    lost = [n for n, a, b in zip(model.classes, learned, wanted, strict=True) if b > 0 and a == 0]
    if lost:
        raise SettingsError(f"{lost[0]} has a share but no training labels; give it a share of 0")
    made: NDArray[np.float64] = np.zeros_like(wanted)
    np.divide(wanted, learned, out=made, where=learned > 0)
    return made


def _sampled(
    raster: Raster, painter: Painter, shape: Any, area: Window
) -> NDArray[np.floating[Any]]:
    """Return probabilities of pixels spread over the area, shape (n, n_classes)."""
    windows = windows_of(raster, area, len(painter.bands))
    chosen = np.unique(np.linspace(0, len(windows) - 1, SAMPLED_WINDOWS).round().astype(int))
    # One step for all: a window counts by its pixels, and not as much as any other.
    pixels = sum(windows[i].height * windows[i].width for i in chosen)
    step = max(1, -(-pixels // SAMPLED_PIXELS))
    found = []
    for i in chosen:
        wanted = np.ones((windows[i].height, windows[i].width), dtype=bool)
        if shape is not None:
            wanted = inside(raster, shape, windows[i])
        if wanted.any():
            found.append(painter.probabilities(raster, windows[i], wanted, step))
    if not sum(map(len, found)):
        raise DataError("no pixel of the area has data to estimate class shares from")
    return np.concatenate(found)
