"""A method's network in the words of TerraTorch's model factories."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bocage.core import SettingsError
from bocage.methods._chip_net import ChipNetMethod
from bocage.methods._pretrained import PretrainedMethod
from bocage.methods.backbones._backbone import OwnFile
from bocage.methods.exports._feed import Feed
from bocage.methods.exports._wirings import Wiring, head_of, wiring_of
from bocage.methods.strategies import first_block

SMP: Mapping[str, dict[str, Any]] = {
    "unet": {
        "model": "Unet",
        "backbone": "resnet18",
        "smp_encoder_depth": 4,
        "smp_decoder_channels": [128, 64, 32, 16],
    },
    "shallow-unet": {
        "model": "Unet",
        "backbone": "resnet18",
        "smp_encoder_depth": 3,
        "smp_decoder_channels": [64, 32, 16],
    },
    "segformer": {"model": "Segformer", "backbone": "mit_b0"},
}
"""Networks from scratch, as `bocage.methods.chips.NETS` builds them."""


def model_of(
    method: PretrainedMethod | ChipNetMethod,
    feed: Feed,
    n_classes: int,
    weights: Path | None = None,
) -> tuple[str, dict[str, Any]]:
    """Name TerraTorch's model factory for a method, and give its arguments.

    Parameters
    ----------
    method : Method
    feed : Feed
    n_classes : int
    weights : Path, optional
        A file of pretrained weights; TerraTorch fetches them itself unless given.

    Raises
    ------
    SettingsError
        If TerraTorch has no such network, or can't train it so.
    """
    if isinstance(method, ChipNetMethod):
        return "SMPModelFactory", _from_scratch(method, feed, n_classes)
    wiring = wiring_of(method, feed)
    past = is_pretrained(method)
    settings = dict(wiring.settings)
    if not past:
        settings.pop(wiring.file, None)
    if weights is not None:
        settings[wiring.file] = _file(method, wiring, weights, past=past)
    made: dict[str, Any] = {"backbone": method.backbone.registry, "backbone_pretrained": past}
    made |= {f"backbone_{key}": value for key, value in settings.items()}
    if method.training == "lora":
        made["peft_config"] = _lora(method, wiring)
    return "EncoderDecoderFactory", {**made, **_decoder(method, wiring), "num_classes": n_classes}


def is_pretrained(method: PretrainedMethod) -> bool:
    """Tell whether a method starts from published weights.

    Raises
    ------
    SettingsError
        If it would, and none are published.
    """
    if method.item.weights == "random":
        return False
    if not isinstance(method.backbone.file, OwnFile):
        raise SettingsError(
            f"method {method.name!r}: no weights of {method.model} are published; use "
            "weights=random, or the strategy scratch"
        )
    return True


def _from_scratch(method: ChipNetMethod, feed: Feed, n_classes: int) -> dict[str, Any]:
    if method.model not in SMP:
        raise SettingsError(
            f"method {method.name!r}: TerraTorch has no {method.model}; expected one of its "
            f"networks that are trained from scratch: {', '.join(SMP)}"
        )
    return {
        **SMP[method.model],
        "bands": list(feed.bands),
        "in_channels": len(feed.bands),
        "pretrained": False,
        "num_classes": n_classes,
    }


def _decoder(method: PretrainedMethod, wiring: Wiring) -> dict[str, Any]:
    head = head_of(method)
    if head == "linear":
        # The 1 x 1 layer after it is our linear head; scores are then drawn out as ours are.
        return {"necks": wiring.necks, "decoder": "IdentityDecoder"}
    from bocage.methods.chips._decoders import UNET_CHANNELS, UPERNET_CHANNELS

    is_pyramid = method.model.startswith("satlas")
    pyramid = [] if is_pyramid else [{"name": "LearnedInterpolateToPyramidal"}]
    decoder = (
        {"decoder": "UNetDecoder", "decoder_channels": list(UNET_CHANNELS)}
        if head == "unet"
        else {"decoder": "UperNetDecoder", "decoder_channels": UPERNET_CHANNELS}
    )
    return {"necks": [*wiring.necks, *pyramid], **decoder}


def _lora(method: PretrainedMethod, wiring: Wiring) -> dict[str, Any]:
    options, n_blocks = method.options, method.backbone.n_blocks
    layers = {
        "attention": wiring.attention,
        "mlp": wiring.mlp,
        "all": (*wiring.attention, *wiring.mlp),
    }[str(options["placement"])]
    if not layers:
        raise SettingsError(
            f"method {method.name!r}: in TerraTorch, the attention of {method.model} uses the "
            "weights of its linear layers without calling the layers, so LoRA in them would have "
            "no effect; use placement=mlp"
        )
    first = first_block(method.training, options, n_blocks)
    targets: list[str] | str = list(layers)
    if first:
        # PEFT takes a text for a pattern of the whole name: here of the last blocks' layers.
        places = "|".join(re.escape(place) for place in wiring.blocks[first:])
        names = "|".join(re.escape(layer) for layer in layers)
        targets = rf"(?:.*\.)?(?:{places})\.(?:{names})"
    return {
        "method": "LORA",
        # Ours changes queries, keys and values as the one layer that they are.
        "replace_qkv": None,
        "peft_config_kwargs": {
            "target_modules": targets,
            "r": int(options["rank"]),
            "lora_alpha": int(options["alpha"]),
            "lora_dropout": 0.0,
            "bias": "none",
        },
    }


def _file(method: PretrainedMethod, wiring: Wiring, weights: Path, *, past: bool) -> str:
    if not past:
        raise SettingsError(
            f"method {method.name!r} starts from random weights; leave out the file {weights}"
        )
    if not wiring.file:
        raise SettingsError(
            f"TerraTorch can't read the weights of {method.model} from a file; leave out "
            f"{weights}: TerraTorch downloads them once, to the folder that HF_HOME names"
        )
    if not weights.is_file() or weights.suffix == ".safetensors":
        found = "a safetensors file" if weights.is_file() else "no file"
        raise SettingsError(
            f"{weights} is {found}; expected the PyTorch file that the authors publish: "
            "TerraTorch reads no other format"
        )
    return str(weights.resolve())
