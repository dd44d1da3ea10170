"""Which class shares a map is made under."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bocage.core import DataError, SettingsError
from bocage.mapping._tags import calibration_of
from bocage.mapping._windows import inside, windows_of
from bocage.mapping.painters import WindowPredictor
from bocage.models import TOO_FAR, MapModel, estimate_prior
from bocage.sources import Source, Window
from bocage.stats import Estimate

SAMPLED_WINDOWS = 24
"""Windows that class shares are estimated from, spread over the area."""

SAMPLED_PIXELS = 200_000

ANCHOR = 0.5
"""What the learned shares count where the pixels of an area count 1.

Pixels come in fields, and their probabilities are off together: the most likely shares go too far.
A half is a compromise (`benchmarks/class_shares.py`): in places like those that were learned from
less would do, elsewhere more, and there shares are often better left alone."""


def shares(
    model: MapModel,
    asked: str | Mapping[str, float],
    raster: Source,
    painter: WindowPredictor,
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
        return None, equal_note(model)
    prior, notes = _asked(model, asked, raster, painter, shape, area)
    return prior, (*notes, *_judged(model, prior))


def _asked(
    model: MapModel,
    asked: str | Mapping[str, float],
    raster: Source,
    painter: WindowPredictor,
    shape: Any,
    area: Window,
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    if not model.classes:
        raise SettingsError(
            f"{model.target} is a number and has no class shares; leave out --prior"
        )
    n = len(model.classes)
    if asked == "uniform":
        return (1 / n,) * n, ()
    if isinstance(asked, str):
        if asked != "estimated":
            raise SettingsError(
                f"prior {asked!r} is unknown; expected uniform, estimated, or shares such as "
                "crop=0.4,tree=0.6"
            )
        if too_far(model):
            raise SettingsError(
                "--prior estimated takes class shares from the map's own probabilities, and "
                f"these are miscalibrated: {calibration_of(model)}, where a well-calibrated "
                f"method would show {model.held.perfect_ece if model.held else 0:.2f}; expected "
                f"at most {TOO_FAR} more: give known shares, such as --prior crop=0.4,tree=0.6, "
                "or leave out --prior"
            )
        pixels = _sampled(raster, painter, shape, area)
        found = estimate_prior(pixels, model.prior, anchor=ANCHOR)
        words = "" if found.converged else ", which did not converge"
        return tuple(found.prior.tolist()), (
            (
                "class shares were estimated from the map's own probabilities by "
                f"expectation-maximisation (EM){words}: the estimate is valid if the "
                "probabilities are calibrated and each class has the same feature distribution "
                "as in training"
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


def too_far(model: MapModel) -> bool:
    """Whether held-out probabilities are known to be wrong by more than chance and `TOO_FAR`."""
    return model.held is not None and model.held.ece > model.held.perfect_ece + TOO_FAR


def under_shares(model: MapModel, prior: Sequence[float] | None) -> MapModel:
    """Return the model with the score of the decision that is made under class shares.

    It is made anew from what was said of held-out labels: a score of another decision says nothing
    of this map.
    """
    if prior is None or not model.classes or _changes_nothing(share_weights(model, prior)):
        return model
    score = Estimate(float("nan"), float("nan"), float("nan"))
    if model.held is not None:
        score = model.held.score(share_weights(model, prior))
    training = replace(
        model.training, score=score.value, low=score.low, high=score.high,
        rule="with the class shares of the map as prior",
    )  # fmt: skip
    return replace(model, training=training)


def _judged(model: MapModel, prior: tuple[float, ...]) -> tuple[str, ...]:
    """Say what shares do to held-out labels, and warn where probabilities do not bear them."""
    if model.held is None:
        return ("the accuracy of a map with these class shares was not tested",)
    notes = []
    if too_far(model):
        notes.append(
            # By how much stands with the model's own figures, which are told of every map.
            "class shares reweight probabilities that are miscalibrated by more than chance "
            "explains: rare classes may be mapped far too rarely"
        )
    weights = share_weights(model, prior)
    ruled = model.held.accuracy_at(prior, weights)
    plain = model.held.accuracy_at(prior)
    if np.isfinite(ruled):
        words = "" if ruled >= plain else ": the map is more accurate without --prior"
        notes.append(
            f"where the classes have these shares, {ruled:.1%} of the held-out labels are "
            f"classified correctly with --prior and {plain:.1%} without it{words}"
        )
    return tuple(notes)


def equal_note(model: MapModel, *, advice: bool = True) -> tuple[str, ...]:
    """Warn of areas that stand on classes taken to be equally frequent.

    Parameters
    ----------
    model : MapModel
    advice : bool
        Whether class shares can be given (`--prior`).
    """
    learned = {round(share, 9) for share in model.prior if share > 0}
    if len(learned) != 1 or len(model.prior) < 2:  # noqa: PLR2004 - nothing to weigh
        return ()
    note = (
        "the model assumes that all classes are equally frequent, so it maps rare classes too "
        "often where it is uncertain"
    )
    if not advice:
        return (note,)
    note += "; if you know how frequent they are, give their shares with --prior"
    # Shares from its own probabilities are no better than these are.
    if model.held is not None and not too_far(model):
        note += ", or have the shares estimated with --prior estimated"
    return (note,)


def _changes_nothing(weights: NDArray[np.float64]) -> bool:
    return bool(np.allclose(weights[weights > 0], 1.0, rtol=1e-9))


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
    raster: Source, painter: WindowPredictor, shape: Any, area: Window
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
