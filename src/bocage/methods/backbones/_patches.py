"""Vision transformers of TerraTorch's registry, cut at their blocks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from bocage.core import SettingsError, how_to_install
from bocage.methods.backbones._encoder import Encoder, Tensors


class _Reached(Exception):  # noqa: N818 - it reports no error
    """Carries the tokens that enter the first block."""

    def __init__(self, tokens: Tensor) -> None:
        super().__init__()
        self.tokens = tokens


class Gate(nn.Module):
    """Stands where the blocks were, and hands their input back to the stem."""

    def forward(self, tokens: Tensor, *_: Any) -> Tensor:
        """Stop here."""
        raise _Reached(tokens)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the tokens of a chip lie.

    Attributes
    ----------
    rows, columns : int
        Patches.
    dates : int
    extra : int
        Tokens before the patches, which belong to no place.
    """

    rows: int
    columns: int
    dates: int = 1
    extra: int = 1


class PatchEncoder(Encoder):
    """A vision transformer whose own code embeds the chips; its blocks are ours to run.

    Parameters
    ----------
    inner : nn.Module
        The network of the registry, with a `Gate` in place of its blocks: calling it stops there.
    blocks : sequence of nn.Module
    norm : nn.Module
        Applied to what leaves the last block.
    width : int
    layout : Layout
    names : tuple of tuple of str
        Linear layers of a block: of its attention, and of its MLP.
    """

    def __init__(
        self,
        inner: nn.Module,
        blocks: Sequence[nn.Module],
        norm: nn.Module,
        width: int,
        layout: Layout,
        names: tuple[tuple[str, ...], tuple[str, ...]] = (
            ("attn.qkv", "attn.proj"),
            ("mlp.fc1", "mlp.fc2"),
        ),
    ) -> None:
        super().__init__()
        self.inner = inner
        self.blocks = nn.ModuleList(blocks)
        self.norm = norm
        self.layout = layout
        self.widths = (width,) * len(self.blocks)
        self.attention, self.mlp = names

    def embed(self, batch: Tensors) -> Any:
        """Call the network of the registry as it wants to be called."""
        return self.inner(batch["x"])

    def stem(self, batch: Tensors) -> Tensor:
        """Embed chips; shape (n, n_tokens, width)."""
        try:
            self.embed(batch)
        except _Reached as stop:
            return stop.tokens
        raise RuntimeError(f"{type(self.inner).__name__} did not reach its first block")

    def pool(self, tokens: Tensor) -> Tensor:
        """Normalise the tokens, then average those of the patches."""
        return self.norm(tokens)[:, self.layout.extra :].mean(dim=1)  # type: ignore[no-any-return]

    def picture(self, tokens: Tensor, depth: int) -> Tensor:
        """Lay the patches out as a map; the dates stand one after the other as channels."""
        if depth == len(self.blocks):
            tokens = self.norm(tokens)
        shape, patches = self.layout, tokens[:, self.layout.extra :]
        n, _, width = patches.shape
        laid = patches.reshape(n, shape.dates, shape.rows, shape.columns, width)
        laid = laid.permute(0, 1, 4, 2, 3)
        return laid.reshape(n, shape.dates * width, shape.rows, shape.columns)


def layout_of(shape: Sequence[int], patch: int, extra: int = 1) -> Layout:
    """Return the layout of chips of shape (n, bands, height, width), or with dates before them."""
    dates = shape[2] if len(shape) == 5 else 1  # noqa: PLR2004
    return Layout(shape[-2] // patch, shape[-1] // patch, dates, extra)


def gate(*, n: int = 1, pair: bool = False) -> nn.ModuleList:
    """Return what replaces a list of blocks, or one of pairs of layers.

    The first gate is the last that is reached; some networks count their blocks before that.
    """
    return nn.ModuleList(nn.ModuleList([Gate(), Gate()]) if pair else Gate() for _ in range(n))


def from_registry(name: str, **settings: Any) -> Any:
    """Build a network of TerraTorch's registry with random weights.

    Raises
    ------
    SettingsError
        If TerraTorch is not installed.
    """
    with quietly():
        from terratorch.registry import BACKBONE_REGISTRY

        return BACKBONE_REGISTRY.build(name, pretrained=False, **settings)


@contextmanager
def quietly() -> Iterator[None]:
    """Import and call TerraTorch without its log lines and warnings.

    Raises
    ------
    SettingsError
        If it is not installed.
    """
    import logging
    import warnings
    from importlib.util import find_spec

    if find_spec("terratorch") is None:
        raise SettingsError(
            f"this network needs terratorch, which is not installed: {how_to_install('tune')}"
        )
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def still(network: nn.Module) -> None:
    """Take all randomness out of a network: stochastic depth and dropout.

    With few labels it only adds noise, and the first step would differ from the frozen network.
    """
    for part in network.modules():
        kind = type(part).__name__
        if isinstance(part, nn.Dropout):
            part.p = 0.0
        elif kind == "StochasticDepth":
            part.p = 0.0  # type: ignore[assignment]
        elif kind == "DropPath":
            part.drop_prob = 0.0  # type: ignore[assignment]
