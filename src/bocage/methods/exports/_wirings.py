"""How TerraTorch builds our pretrained networks, and how it names their parts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bocage.methods._pretrained import PretrainedMethod
from bocage.methods.backbones import Backbone, need_torch
from bocage.methods.backbones._backbone import OwnFile
from bocage.methods.backbones._chip_arrays import TERRATORCH_BANDS
from bocage.methods.backbones._clay import WORDS
from bocage.methods.exports._feed import Feed

TORCHGEO = "https://hf.co/torchgeo/dofa/resolve/b8db318b64a90b9e085ec04ba8851233c5893666"
"""Where torchgeo keeps DOFA's weights. TerraTorch stretches their positions to chips of another
size than 224 pixels only if the file is named."""

STAGES = {"tiny": (2, 2, 6, 2), "base": (2, 2, 18, 2)}
"""Blocks of each stage of Satlas; TerraTorch counts the stages 1, 3, 5 and 7."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """How TerraTorch builds a pretrained network, and how it names its parts.

    Attributes
    ----------
    settings : dict
        Arguments of the network.
    file : str
        The argument that names a file of weights; empty where none does.
    necks : list of dict
        What turns its tokens into maps.
    blocks : tuple of str
        Where each block lies.
    attention, mlp : tuple of str
        Linear layers of a block that LoRA can change.
    multiple : int
        TerraTorch pads chips to a multiple of this; 1 where it does not.
    """

    settings: dict[str, Any]
    file: str
    necks: list[dict[str, Any]]
    blocks: tuple[str, ...]
    attention: tuple[str, ...] = ("attn.qkv", "attn.proj")
    mlp: tuple[str, ...] = ("mlp.fc1", "mlp.fc2")
    multiple: int = 1


def head_of(method: PretrainedMethod) -> str:
    """Name what turns the maps of a method's network into classes."""
    return str(method.options.get("head", "linear"))


def wiring_of(method: PretrainedMethod, feed: Feed) -> Wiring:
    """Say how TerraTorch builds the network of a method."""
    # The number of levels stands beside code that needs torch, and so do decoders.
    need_torch()
    from bocage.methods.backbones import N_LEVELS

    backbone = method.backbone
    n_levels = 1 if head_of(method) == "linear" else N_LEVELS
    n = backbone.n_blocks
    ends = [round(n * part / N_LEVELS) - 1 for part in range(1, N_LEVELS + 1)]
    return _FAMILIES[backbone.name.partition("-")[0]](backbone, feed, ends[-n_levels:])


def _prithvi(backbone: Backbone, feed: Feed, taps: Sequence[int]) -> Wiring:
    settings = {"bands": list(feed.bands), "num_frames": feed.dates}
    necks = [_select(taps), _tokens(feed)]
    return Wiring(settings, "ckpt_path", necks, _places("blocks", backbone), multiple=_padded(feed))


def _terramind(backbone: Backbone, feed: Feed, taps: Sequence[int]) -> Wiring:
    modality = "S2L1C" if "CIRRUS" in feed.bands else "S2L2A"
    settings = {
        "modalities": [modality],
        "merge_method": None,
        "bands": {modality: list(feed.bands)},
    }
    is_gated = backbone.name.endswith(("base", "large"))
    return Wiring(
        settings,
        "ckpt_path",
        [_select(taps), _tokens(feed, remove_first=False)],
        _places("encoder", backbone),
        mlp=("mlp.fc1", "mlp.fc2", *(("mlp.fc3",) if is_gated else ())),
        multiple=_padded(feed),
    )


def _clay(backbone: Backbone, feed: Feed, taps: Sequence[int]) -> Wiring:
    bands = {word: band for band, word in TERRATORCH_BANDS.items()}
    settings = {
        # Clay's own words: TerraTorch knows other wavelengths by its words.
        "bands": [WORDS[bands[word]] for word in feed.bands],
        "img_size": _side(feed),
        "out_indices": list(taps),
    }
    return Wiring(
        settings,
        "",
        [_tokens(feed)],
        _places("layers", backbone),
        ("0.to_qkv", "0.to_out"),
        ("1.net.1", "1.net.3"),
        _padded(feed),
    )


def _dofa(backbone: Backbone, feed: Feed, taps: Sequence[int]) -> Wiring:
    settings: dict[str, Any] = {
        "model_bands": list(feed.bands),
        "img_size": _side(feed),
        "out_indices": list(taps),
    }
    if isinstance(backbone.file, OwnFile):
        settings["ckpt_data"] = f"{TORCHGEO}/{backbone.file.name}"
    places = _places("blocks", backbone)
    return Wiring(settings, "ckpt_data", [_tokens(feed)], places, multiple=_padded(feed))


def _satlas(backbone: Backbone, feed: Feed, taps: Sequence[int]) -> Wiring:
    stages = STAGES[backbone.name.partition("-")[2]]
    numbers = [2 * stage + 1 for stage in range(len(stages))]
    settings = {"model_bands": list(feed.bands), "out_indices": numbers[-len(taps) :]}
    places = [
        f"features.{number}.{block}"
        for number, n_blocks in zip(numbers, stages, strict=True)
        for block in range(n_blocks)
    ]
    # torchvision reads the weights of its attention without calling the layers: LoRA there would
    # never be seen.
    permute = {"name": "PermuteDims", "new_order": [0, 3, 1, 2]}
    return Wiring(settings, "ckpt_data", [permute], tuple(places), (), ("mlp.0", "mlp.3"))


_FAMILIES: Mapping[str, Callable[[Backbone, Feed, Sequence[int]], Wiring]] = {
    "prithvi": _prithvi,
    "terramind": _terramind,
    "clay": _clay,
    "dofa": _dofa,
    "satlas": _satlas,
}


def _places(name: str, backbone: Backbone) -> tuple[str, ...]:
    return tuple(f"{name}.{number}" for number in range(backbone.n_blocks))


def _select(taps: Sequence[int]) -> dict[str, Any]:
    return {"name": "SelectIndices", "indices": list(taps)}


def _padded(feed: Feed) -> int:
    """TerraTorch pads chips until they hold an even number of patches."""
    return 2 * feed.patch


def _side(feed: Feed) -> int:
    return -(-feed.size[0] // _padded(feed)) * _padded(feed)


def _tokens(feed: Feed, *, remove_first: bool = True) -> dict[str, Any]:
    made: dict[str, Any] = {"name": "ReshapeTokensToImage", "remove_cls_token": remove_first}
    if feed.dates > 1:
        made["effective_time_dim"] = feed.dates
    if feed.size[0] != feed.size[1]:
        # Unless told, it takes every number of tokens that is a square for a square.
        made["h"] = _side(feed) // feed.patch
    return made
