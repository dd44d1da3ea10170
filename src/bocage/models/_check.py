"""Whether a source has what a model was fitted on."""

from bocage.core import DataError, counted, listed
from bocage.models._model import MapModel
from bocage.sources import Coding

PLAIN = ("linear", 1.0, 0.0)


def check_source(
    model: MapModel, bands: tuple[str, ...], coding: Coding, product: str = "", version: str = ""
) -> tuple[int, ...]:
    """Find a model's bands in a source, and refuse one that it was not fitted for.

    Parameters
    ----------
    model : MapModel
    bands : tuple of str
        Of the source, in its order.
    coding : Coding
        How the source stores them.
    product, version : str
        Of the source; empty if unknown, and then not compared.

    Returns
    -------
    tuple of int
        Position of each of the model's bands among those of the source.

    Raises
    ------
    DataError
        If bands are missing or twice there, or scaling, product or version differ.
    """
    missing = [name for name in model.bands if name not in bands]
    if missing:
        # Those that the model knows tell nothing about what is wrong.
        strange = [name for name in bands if name not in model.bands]
        raise DataError(
            f"the source has no band {listed(missing)}, which the model needs; it has "
            f"{listed(strange or bands)}: give a raster of the product that the model was fitted "
            "on, or name its bands with --bands"
        )
    double = [name for name in model.bands if bands.count(name) > 1]
    if double:
        raise DataError(
            f"the source has band {listed(double)} more than once; give each band its own name"
        )
    what, found, expected = model.origin.other_product(product, version)
    if what:
        raise DataError(
            f"the source is {what} {found!r}, and the model was fitted on {expected!r}; their "
            "values may have different meanings: fit a model on this source"
        )
    places = tuple(bands.index(name) for name in model.bands)
    own, theirs = _scaling(model.coding, range(len(places))), _scaling(coding, places)
    for name, expected_scale, found_scale in zip(model.bands, own, theirs, strict=True):
        # A model of values takes whatever is declared to become values.
        is_told = expected_scale == PLAIN and found_scale[0] == "linear"
        if expected_scale != found_scale and not is_told:
            raise DataError(
                f"band {name} of the source is stored as {_say(found_scale)}, but the model was "
                f"fitted on {_say(expected_scale)}; give a raster with the same scaling, or "
                "declare its scaling with --scale and --offset"
            )
    return places


def scaling_note(model: MapModel, name: str, coding: Coding, places: tuple[int, ...]) -> str:
    """Say so where bands are scaled, and those that the model was fitted on were not.

    Both may come to the same values, as where a table held them; numbers alone can't tell.

    Parameters
    ----------
    model : MapModel
    name : str
        Of the source.
    coding, places
        As of `check_source`, and what it returns.
    """
    own, theirs = _scaling(model.coding, range(len(places))), _scaling(coding, places)
    other = [
        (band, found)
        for band, expected, found in zip(model.bands, own, theirs, strict=True)
        if expected != found
    ]
    if not other:
        return ""
    band, found = other[0]
    such = "" if len({found for _, found in other}) == 1 else f" ({band})"
    return (
        f"{counted(len(other), f'band of {name} is', f'bands of {name} are')} read as "
        f"{_say(found)}{such}, and the model was fitted on plain values: the map is valid only if "
        "both are in the same unit"
    )


def _scaling(coding: Coding, places: "range | tuple[int, ...]") -> list[tuple[str, float, float]]:
    """Kind, scale and offset of each band; what stands for no data may differ."""

    def of(values: tuple[float, ...], place: int) -> float:
        return values[0] if len(values) == 1 else values[place]

    return [(coding.kind, of(coding.scale, i), of(coding.offset, i)) for i in places]


def _say(scaling: tuple[str, float, float]) -> str:
    kind, scale, offset = scaling
    if kind == "square":
        return "int8 codes v of sign(v) (v / 127.5)^2"
    if (scale, offset) == (1.0, 0.0):
        return "plain values"
    return f"{scale:g} x stored {offset:+g}"
