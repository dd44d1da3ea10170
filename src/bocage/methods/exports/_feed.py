"""What another program must be given so that its network sees the numbers that ours sees."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, Ints, SettingsError
from bocage.features import COORDINATES, parse_input
from bocage.methods._chip_net import ChipNetMethod
from bocage.methods._method import Method
from bocage.methods._pretrained import PretrainedMethod
from bocage.methods._views import Views
from bocage.methods.backbones import BACKBONES, Backbone, plain
from bocage.methods.backbones import _clay as clay
from bocage.methods.backbones import _dofa as dofa
from bocage.methods.backbones import _prithvi as prithvi
from bocage.methods.backbones import _satlas as satlas
from bocage.methods.backbones import _terramind as terramind
from bocage.methods.backbones._bands import arrange, sentinel2
from bocage.methods.backbones._chip_arrays import TERRATORCH_BANDS, ChipBands


@dataclass(frozen=True, slots=True)
class Feed:
    """Chips before they are scaled, and how they are scaled.

    Attributes
    ----------
    bands : tuple of str
        Names, in the order of the chips; those of Sentinel-2 as TerraTorch calls them.
    means, spreads : tuple of float
        A network sees (value - mean) / spread, in 32 bits.
    tops : mapping of str to float
        By band, the value at which chips were cut, where they were.
    dates : int
    size : tuple of int
        Height and width.
    patch : int
        Pixels that a network takes for one; 1 where they stay apart.
    take : callable rows -> ndarray of float32, shape (n, dates x bands, height, width)
        All bands of the first date come first.
    """

    bands: tuple[str, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    tops: dict[str, float]
    dates: int
    size: tuple[int, int]
    patch: int
    take: Callable[[Ints], NDArray[np.float32]]


def feed_of(method: Method, views: Views, rows: Ints) -> Feed:
    """Say what a method's network is fed.

    Parameters
    ----------
    method : Method
    views : Views
    rows : ndarray of int64
        Samples to learn from: networks without a past take the scale of these.

    Raises
    ------
    BocageError
        If the method reads no chips, or can't read these.
    """
    if views.task.masks is None:
        raise SettingsError(
            f"{views.task.name} is a {views.task.kind}; expected a segmentation task: only these "
            "can be exported to TerraTorch"
        )
    network = network_of(method)
    if isinstance(network, ChipNetMethod):
        return _scratch(network, views, rows)
    return _pretrained(network.backbone, _input(network, views))


def network_of(method: Method) -> PretrainedMethod | ChipNetMethod:
    """Return a method whose network TerraTorch has.

    Raises
    ------
    SettingsError
        If the method trains no network, or one that TerraTorch can't build.
    """
    if isinstance(method, ChipNetMethod):
        return method
    if not isinstance(method, PretrainedMethod):
        raise SettingsError(
            f"method {method.name!r} is not a network for chips, and TerraTorch trains neither "
            "baselines nor heads on single pixels; choose a method such as s2:prithvi-tiny:lora "
            "or s2:unet:scratch"
        )
    if not method.backbone.registry:
        known = ", ".join(name for name, backbone in BACKBONES.own.items() if backbone.registry)
        raise SettingsError(
            f"method {method.name!r}: {method.model} can't be exported to TerraTorch; expected "
            f"one of {known}"
        )
    if method.training == "adapter":
        raise SettingsError(
            f"method {method.name!r}: TerraTorch has no bottleneck adapters after each block (its "
            "ViT-Adapter is a different architecture); use lora instead"
        )
    return method


def bands_of(backbone: Backbone, item: Input) -> ChipBands:
    """Return the bands of a pretrained network for chips, with their scale."""
    name = backbone.name
    family = name.partition("-")[0]
    if family == "prithvi":
        normal = prithvi.NORMAL_1 if "_v1_" in backbone.registry else prithvi.NORMAL_2
        patch = 14 if "_600" in backbone.registry else prithvi.PATCH
        return ChipBands(name, sentinel2(*prithvi.NAMES), normal, patch, dates=4)
    if family == "terramind":
        is_top = "B10" in {plain(band) for band in item.bands}
        names = terramind.L1C if is_top else terramind.L2A
        normal = terramind.L1C_NORMAL if is_top else terramind.L2A_NORMAL
        return ChipBands(name, sentinel2(*names), normal, terramind.PATCH)
    if family == "satlas":
        return ChipBands(
            name, sentinel2(*satlas.NAMES), satlas.NORMAL, satlas.PATCH, needs_all=True
        )
    if family == "dofa":
        return ChipBands(name, sentinel2(*satlas.NAMES), dofa.NORMAL, dofa.PATCH, square=True)
    return clay.RULES


def _input(method: PretrainedMethod, views: Views) -> Input:
    inputs, name = views.task.inputs, method.inputs[0]
    if name not in inputs:
        raise SettingsError(
            f"method {method.name!r} reads input {name!r}, which this task lacks; its inputs are: "
            f"{', '.join(sorted(inputs))}"
        )
    return inputs[name]


def _pretrained(backbone: Backbone, item: Input) -> Feed:
    rules = bands_of(backbone, item)
    # Shape, bands and dates are checked without a sample, the scale on all of them.
    rules.arrays(item.take(np.zeros(0, dtype=np.int64)))
    values, present = arrange(item, rules.bands, backbone.name)
    keep = np.flatnonzero(present)
    names = [rules.bands[i].name for i in keep]
    normal = [rules.normal[name] for name in names]
    x = np.take(values, keep, axis=item.band_axis)
    np.minimum(x, np.reshape([rule.top for rule in normal], (-1, 1, 1)), out=x)
    height, width = (int(side) for side in x.shape[-2:])
    stacked = x.reshape(len(x), -1, height, width)
    words = tuple(TERRATORCH_BANDS[name] for name in names)
    return Feed(
        bands=words,
        means=tuple(rule.mean for rule in normal),
        spreads=tuple(rule.spread for rule in normal),
        tops={
            word: rule.top
            for word, rule in zip(words, normal, strict=True)
            if np.isfinite(rule.top)
        },
        dates=item.n_dates,
        size=(height, width),
        patch=rules.patch,
        take=lambda rows: stacked[rows],
    )


def _scratch(method: ChipNetMethod, views: Views, rows: Ints) -> Feed:
    if method.encoded:
        raise SettingsError(
            f"method {method.name!r}: TerraTorch can't feed the feature maps of a frozen network "
            f"({', '.join(part.name for part in method.encoded)}) to another network; choose a "
            "method that reads the chips themselves"
        )
    chips = views.chips(method.parts)
    means, spreads = chips.scale(rows)
    height, width = (int(side) for side in chips.masks.shape[1:])
    return Feed(
        bands=tuple(band for name in method.inputs for band in _stacked(name, views)),
        means=tuple(float(value) for value in means),
        spreads=tuple(float(value) for value in spreads),
        tops={},
        dates=1,
        size=(height, width),
        patch=1,
        take=chips.take,
    )


def _stacked(name: str, views: Views) -> list[str]:
    """Name the bands of an input whose dates stand one after the other."""
    if name == COORDINATES:
        return [f"{name}_{axis}" for axis in "xyz"]
    item = parse_input(name).make(views.task.inputs)
    if item.n_dates == 1:
        return [f"{name}_{band}" for band in item.bands]
    return [f"{name}_{band}_{date + 1}" for date in range(item.n_dates) for band in item.bands]
