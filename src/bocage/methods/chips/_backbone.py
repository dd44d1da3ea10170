"""Pretrained networks that segment: an encoder, a decoder, and what of them learns."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from bocage.methods._size import Size
from bocage.methods.backbones import Encoder, Frozen, own_tensor
from bocage.methods.chips._decoders import LinearDecoder, PyramidDecoder
from bocage.methods.chips._learner import ChipLesson, Segmenter
from bocage.methods.chips._pixels import MOST_DRAWN_OUT
from bocage.methods.chips._scenes import draw_pixels
from bocage.methods.strategies._start import Start, codes_start, plain_start
from bocage.methods.strategies._strategy import Value
from bocage.methods.strategies._wiring import count, open_encoder


class BackboneSegmenter(Segmenter):
    """An encoder with a decoder on its maps.

    Parameters
    ----------
    frozen : Frozen
        Gives the encoder, and what of it is computed once.
    strategy : str
    options : mapping of str to value
    decoder : nn.Module
        From maps and a size to scores.
    size : tuple of int
        Height and width of the chips.
    """

    def __init__(
        self,
        frozen: Frozen,
        strategy: str,
        options: Mapping[str, Value],
        decoder: nn.Module,
        size: tuple[int, int],
    ) -> None:
        super().__init__()
        self.frozen = frozen
        self.decoder = decoder
        self.pixels = size
        self.is_linear = isinstance(decoder, LinearDecoder)
        self.encoder: Encoder | None = None
        self.first = frozen.backbone.n_blocks
        if strategy != "decoder":
            self.encoder = frozen.copy()
            self.first = open_encoder(self.encoder, strategy, options)
        # A stem is cheap: only what blocks before the first that changes give is read from disk.
        self.cached = strategy in {"adapter", "lora"} and self.first > 0

    def maps(self, rows: NDArray[np.int64], turn: int) -> list[Tensor]:
        """Encode chips turned one way: one map for a linear decoder, else one a depth."""
        if self.encoder is None:
            return [own_tensor(level[rows]) for level in self.frozen.levels(turn)]
        encoder = self.encoder
        if self.cached:
            tokens = own_tensor(self.frozen.tokens(self.first, turn)[rows])
            first = self.first
        else:
            batch = self.frozen.batch(rows)
            tokens, first = encoder.stem(encoder.turn(batch, turn) if turn else batch), 0
        if self.is_linear:
            return [encoder.picture(encoder.through(tokens, first), len(encoder.blocks))]
        before = [depth for depth in encoder.depths if depth <= first]
        levels = self.frozen.levels(turn)[: len(before)] if before else []
        known = [own_tensor(level[rows]) for level in levels]
        return [*known, *encoder.pictures(tokens, first)]

    def forward(self, rows: NDArray[np.int64], turn: int = 0) -> Tensor:
        """Score every pixel."""
        return self.decoder(self.maps(rows, turn), self.pixels)  # type: ignore[no-any-return]

    def on(self, frozen: Frozen) -> Self:
        """Return the same network, reading other chips."""
        other = copy(self)
        other.frozen = frozen
        return other

    @property
    def size(self) -> Size:
        """Parameters, and what must be shipped beside the public weights."""
        learned = count(self, only_trained=True)
        kept = sum(part.numel() for part in self.decoder.buffers())
        n_head = count(self.decoder.head)  # type: ignore[arg-type]
        n_encoder = self.frozen.n_parameters if self.encoder is None else count(self.encoder)
        return Size(
            trained=learned,
            encoder=n_encoder,
            decoder=count(self.decoder) - n_head,
            head=n_head,
            n_bytes=4 * (learned + kept),
        )


@dataclass(frozen=True, slots=True)
class BackboneLesson(ChipLesson):
    """What every training of a pretrained network on chips shares.

    Attributes
    ----------
    frozen : Frozen
    strategy : str
    options : mapping of str to value
    start : mapping
        Parameters of the linear model that a linear decoder starts from.
    seed : int
        Draws the pixels that it is fitted on, as for a frozen network.
    """

    frozen: Frozen
    strategy: str
    options: Mapping[str, Value]
    start: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    def segmenter(self, rows: NDArray[np.int64]) -> Segmenter:
        """Build encoder and decoder; a linear decoder starts from a fit on frozen features."""
        if not self._is_linear:
            return self._around(self._pyramid())
        if self.strategy == "scratch":
            return self._around(LinearDecoder(self._plain(self.chips.n_bands)))
        X, y, _ = draw_pixels(self.chips, rows, MOST_DRAWN_OUT, self.seed)
        start = codes_start(X, y, self.n_classes, self.start)
        return self._around(LinearDecoder(start))

    def empty(self, weights: Mapping[str, NDArray[Any]]) -> Segmenter:
        """Build encoder and decoder without labels."""
        if not self._is_linear:
            return self._around(self._pyramid())
        return self._around(LinearDecoder(self._plain(weights["decoder.mean"].size)))

    @property
    def _is_linear(self) -> bool:
        return self.options["head"] == "linear"

    def _around(self, decoder: nn.Module) -> BackboneSegmenter:
        size = (int(self.chips.masks.shape[1]), int(self.chips.masks.shape[2]))
        return BackboneSegmenter(self.frozen, self.strategy, self.options, decoder, size)

    def _plain(self, width: int) -> Start:
        return plain_start(width, np.zeros(self.n_classes))

    def _pyramid(self) -> PyramidDecoder:
        name = str(self.options["head"])
        shapes = self.frozen.level_shapes()
        channels = [shape[0] for shape in shapes]
        is_pyramid = len({shape[1:] for shape in shapes}) == len(shapes)
        return PyramidDecoder(name, channels, self.n_classes, is_pyramid=is_pyramid)
