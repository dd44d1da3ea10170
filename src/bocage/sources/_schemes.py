"""Sources of other packages: ``scheme:what``, where a package has registered the scheme."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bocage.core import Plugin, SettingsError, content_key, plugins
from bocage.sources._coding import Coding, can_hold
from bocage.sources._declared import Declared
from bocage.sources._grid import Grid, Window
from bocage.sources._pixels import Pixels
from bocage.sources._raster import About
from bocage.sources._source import Source, Wrapped

GROUP = "bocage.sources"
"""Entry points of packages: the name is a scheme, the object a function of one text, what stands
behind the scheme, that returns a `Source`."""


def scheme_of(text: str) -> str:
    """Return the scheme that a source is named with; empty where no package has registered it.

    >>> scheme_of("aef.tif"), scheme_of("https://example.org/aef.tif")
    ('', '')
    """
    scheme, colon, _ = text.partition(":")
    return scheme if colon and scheme in plugins(GROUP) else ""


def open_scheme(text: str, declared: Declared | None = None) -> Source:
    """Open a source of another package.

    Parameters
    ----------
    text : str
        As ``scheme:what``.
    declared : Declared, optional
        Names, scaling, nodata and years count before the source's own.

    Raises
    ------
    SettingsError
        If the package fails, what it returns is no `Source`, or what is declared does not fit.
    """
    scheme, _, what = text.partition(":")
    plugin = plugins(GROUP)[scheme]
    opened = plugin.guard(f"can't open {what!r}")(plugin.load(), what)
    _check(plugin, opened)
    told = declared or Declared()
    if told.overview is not None or told.crs is not None:
        option = "--source-crs" if told.overview is None else "--overview"
        raise SettingsError(
            f"{option} is of files, and {text!r} is opened by the package {plugin.package}; "
            "expected the option with a file: omit it"
        )
    names = told.bands or tuple(opened.names)
    if len(names) != len(opened.names) or len(set(names)) < len(names):
        raise SettingsError(
            f"--bands gives {len(set(names))} different names for {len(opened.names)} bands of "
            f"{text}; expected one per band"
        )
    own: Coding = opened.coding
    if told.nodata is not None and not np.isnan(told.nodata):
        if not can_hold(told.nodata, opened.dtype):
            raise SettingsError(
                f"--nodata {told.nodata:g} can't be stored in {text}, which holds {opened.dtype}; "
                "expected a number of that type"
            )
        own = replace(own, nodata=told.nodata)
    if told.scale is not None or told.offset is not None:
        scale = own.scale if told.scale is None else (told.scale,)
        offset = own.offset if told.offset is None else (told.offset,)
        own = Coding("linear", own.nodata, scale, offset)
    return Opened(opened, plugin, names, own, told.years)


@dataclass(frozen=True)
class Opened(Wrapped):
    """A source of another package, with what was declared; its mistakes are told as the package's.

    Attributes
    ----------
    plugin : Plugin
    bands : tuple of str
        Names of the bands.
    stored : Coding
    years : tuple of int
    """

    plugin: Plugin = field(repr=False)
    bands: tuple[str, ...]
    stored: Coding
    years: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bands, in order."""
        return self.bands

    @property
    def coding(self) -> Coding:
        """How stored numbers stand for values."""
        return self.stored

    @property
    def about(self) -> About:
        """What is known of where the pixels come from."""
        return replace(self.source.about, years=self.years or self.source.about.years)

    @property
    def key(self) -> list[Any]:
        """What tells these pixels from others."""
        return [self.plugin.name, self.source.key, list(self.names), repr(self.coding)]

    def pixels(self, window: Window, bands: Sequence[int] | None = None) -> Pixels:
        """Read the pixels of a window; see `Source.pixels`."""
        chosen = list(range(len(self.names)) if bands is None else bands)
        found = self.plugin.guard("can't read its pixels")(self.source.pixels, window, chosen)
        shape = (len(chosen), window.height, window.width)
        if not isinstance(found, Pixels) or (found.stored.shape, found.missing.shape) != (
            shape,
            shape[1:],
        ):
            raise self.plugin.refused(f"returns no pixels of shape {shape} for {window}")
        coding = self.coding.take(chosen)
        if coding == found.coding:
            return found
        return Pixels(found.stored, found.missing | coding.missing(found.stored), coding)


def _check(plugin: Plugin, opened: Any) -> None:
    """Refuse what lacks a member of `Source`, or has one of another kind."""
    expected = {"grid": Grid, "coding": Coding, "about": About, "block": tuple, "names": tuple}
    for name in ("names", "grid", "coding", "dtype", "block", "about", "key", "pixels", "close"):
        missing = object()
        value = plugin.guard(f"has no usable {name!r}")(getattr, opened, name, missing)
        if value is missing:
            raise plugin.refused(f"returns {type(opened).__name__!r}, which has no {name!r}")
        if not isinstance(value, expected.get(name, object)):
            raise plugin.refused(
                f"has {name!r} of type {type(value).__name__}, not {expected[name].__name__}"
            )
    plugin.guard("has a 'key' that is no list of numbers and texts")(content_key, opened.key)
    plugin.guard("has a 'dtype' that is no type of numbers")(np.dtype, opened.dtype)
    if not opened.names or len(set(opened.names)) < len(opened.names):
        raise plugin.refused("has no bands, or two of one name")
