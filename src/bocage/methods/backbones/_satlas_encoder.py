"""Satlas's encoder; the layers are those of torchvision, the names those of TerraTorch."""

from pathlib import Path

from torch import Tensor, nn

from bocage.methods.backbones._encoder import Encoder, Tensors
from bocage.methods.backbones._patches import from_registry, still
from bocage.methods.backbones._state import load_state, read_state

N_BANDS = 9


class SatlasEncoder(Encoder):
    """A Swin transformer; its tokens lie as a map, channels last.

    Parameters
    ----------
    features : nn.Sequential
        The published layers: patches, then stages and mergings in turn.
    """

    def __init__(self, features: nn.Sequential) -> None:
        super().__init__()
        # Its attention reads the weights of its layers without calling them: LoRA would add
        # parameters there that nothing ever uses.
        self.attention, self.mlp = (), ("mlp.0", "mlp.3")
        self.patches = features[0]
        blocks: list[nn.Module] = []
        widths: list[int] = []
        ends: list[int] = []
        merge: list[nn.Module] = []
        for part in list(features)[1:]:
            if not isinstance(part, nn.Sequential):
                merge = [part]
                continue
            for block in part:
                # A merging belongs to the block that follows it.
                blocks.append(nn.Sequential(*merge, block) if merge else block)
                widths.append(int(block.norm1.normalized_shape[0]))  # type: ignore[union-attr,index]
                merge = []
            ends.append(len(blocks))
        self.blocks = nn.ModuleList(blocks)
        self.widths = tuple(widths)
        self._ends = tuple(ends)

    @property
    def depths(self) -> tuple[int, ...]:
        """The ends of the stages, each half as fine as the one before."""
        return self._ends

    def stem(self, batch: Tensors) -> Tensor:
        """Embed chips; shape (n, rows, columns, width)."""
        x = batch["x"] if batch["x"].ndim == 4 else batch["x"][:, :, 0]  # noqa: PLR2004
        return self.patches(x)  # type: ignore[no-any-return]

    def pool(self, tokens: Tensor) -> Tensor:
        """Average the tokens."""
        return tokens.mean(dim=(1, 2))

    def picture(self, tokens: Tensor, depth: int) -> Tensor:
        """Put the channels first."""
        del depth
        return tokens.permute(0, 3, 1, 2)


def satlas_encoder(key: str, path: Path | None) -> SatlasEncoder:
    """Build the encoder for chips of nine bands."""
    inner = from_registry(key, model_bands=["BLUE"] * N_BANDS, weights=None).swin_model
    if path is not None:
        state = {
            name.removeprefix("backbone.backbone."): part for name, part in read_state(path).items()
        }
        # The head of the published file has other classes, and is not used.
        inner.head = nn.Identity()
        inner.norm = nn.Identity()
        load_state(inner, state, key, more=True)
    still(inner)
    return SatlasEncoder(inner.features)
