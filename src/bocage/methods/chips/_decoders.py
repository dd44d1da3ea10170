"""From maps of an encoder to a score a class and pixel: a linear head, U-Net or UPerNet."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from bocage.methods.backbones._steady import steady
from bocage.methods.strategies._start import Start

UNET_CHANNELS = (128, 64, 32, 16)
UPERNET_CHANNELS = 64


class LinearDecoder(nn.Module):
    """One linear layer on standardised features; scores are drawn out to the size of the chip.

    Drawing out scores or features is the same: both are linear.

    Parameters
    ----------
    start : Start
    """

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.mean: Tensor
        self.spread: Tensor
        self.register_buffer("mean", _tall(torch.tensor(start.mean, dtype=torch.float32)))
        self.register_buffer("spread", _tall(torch.tensor(start.spread, dtype=torch.float32)))
        self.head = nn.Conv2d(start.weight.shape[1], start.weight.shape[0], 1)
        with torch.no_grad():
            self.head.weight.copy_(torch.from_numpy(start.weight)[:, :, None, None])
            self.head.bias.copy_(torch.from_numpy(start.bias))  # type: ignore[union-attr]

    def forward(self, maps: Sequence[Tensor], size: tuple[int, int]) -> Tensor:
        """Score the last map."""
        return drawn_out(self.head((maps[-1] - self.mean) / self.spread), size)


class PyramidDecoder(nn.Module):
    """TerraTorch's U-Net or UPerNet decoder on maps of several depths.

    Parameters
    ----------
    name : {"unet", "upernet"}
    channels : sequence of int
        Of each map.
    n_classes : int
    is_pyramid : bool
        Whether the maps already halve in size; otherwise TerraTorch's learned neck makes them so.
    """

    def __init__(
        self, name: str, channels: Sequence[int], n_classes: int, *, is_pyramid: bool
    ) -> None:
        super().__init__()
        from terratorch.models.decoders import UNetDecoder, UperNetDecoder
        from terratorch.models.necks import LearnedInterpolateToPyramidal

        widths = list(channels)
        self.neck: nn.Module | None = None
        if not is_pyramid:
            neck = LearnedInterpolateToPyramidal(widths)
            widths = neck.process_channel_list(widths)
            self.neck = neck
        if name == "unet":
            self.decoder: nn.Module = UNetDecoder(widths, list(UNET_CHANNELS))
        else:
            self.decoder = UperNetDecoder(widths, channels=UPERNET_CHANNELS)
        steady(self.decoder)
        self.head = nn.Conv2d(int(self.decoder.out_channels), n_classes, 1)  # type: ignore[arg-type]

    def forward(self, maps: Sequence[Tensor], size: tuple[int, int]) -> Tensor:
        """Score chips of some height and width."""
        inner = list(maps)
        if self.neck is not None:
            inner = self.neck(inner)
        return drawn_out(self.head(self.decoder(inner)), size)


def drawn_out(scores: Tensor, size: tuple[int, int]) -> Tensor:
    """Stretch scores to the size of a chip, bilinear."""
    return nn.functional.interpolate(scores, size, mode="bilinear", align_corners=False)


def _tall(values: Tensor) -> Tensor:
    return values[:, None, None]
