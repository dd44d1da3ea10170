"""Networks for chips that are trained from scratch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class ChipNet:
    """A network from chips to a score a class and pixel.

    Attributes
    ----------
    name, title : str
    build : callable (n_bands, n_classes) -> nn.Module
    rates : tuple of float
        Learning rates to try, as many as the strategies of pretrained networks have.
    """

    name: str
    title: str
    build: Callable[[int, int], "nn.Module"]
    rates: tuple[float, ...] = (1e-3, 3e-3, 3e-4, 1e-2, 1e-4, 3e-2)


def _conv(n_bands: int, n_classes: int) -> "nn.Module":
    from torch import nn

    return nn.Conv2d(n_bands, n_classes, 1)


def _unet(n_bands: int, n_classes: int) -> "nn.Module":
    from segmentation_models_pytorch import Unet

    net: nn.Module = Unet(
        "resnet18",
        encoder_weights=None,
        encoder_depth=4,
        decoder_channels=(128, 64, 32, 16),
        in_channels=n_bands,
        classes=n_classes,
    )
    return net


def _shallow_unet(n_bands: int, n_classes: int) -> "nn.Module":
    from segmentation_models_pytorch import Unet

    # Embeddings have looked around already: two levels are enough, and few labels train them.
    net: nn.Module = Unet(
        "resnet18",
        encoder_weights=None,
        encoder_depth=3,
        decoder_channels=(64, 32, 16),
        in_channels=n_bands,
        classes=n_classes,
    )
    return net


def _segformer(n_bands: int, n_classes: int) -> "nn.Module":
    from segmentation_models_pytorch import Segformer

    net: nn.Module = Segformer(
        "mit_b0", encoder_weights=None, in_channels=n_bands, classes=n_classes
    )
    return net


_ALL = (
    # One layer without a neighbourhood learns slowly: rates ten times those of deep networks.
    ChipNet("conv1x1", "1 x 1 convolution", _conv, (1e-2, 3e-2, 3e-3, 1e-1, 1e-3, 3e-1)),
    ChipNet("unet", "U-Net (ResNet-18)", _unet),
    ChipNet("shallow-unet", "shallow U-Net", _shallow_unet),
    ChipNet("segformer", "SegFormer (MiT-B0)", _segformer),
)

NETS: Mapping[str, ChipNet] = {net.name: net for net in _ALL}
"""Every network for chips by name."""
