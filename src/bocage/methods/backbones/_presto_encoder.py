"""Presto's encoder, cut at its blocks; the layers are those of rslearn."""

from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor, nn

from bocage.methods.backbones._encoder import Encoder, Tensors
from bocage.methods.backbones._presto_groups import GROUPS
from bocage.methods.backbones._state import load_state, read_state


class PrestoEncoder(Encoder):
    """Presto with the class 'unknown' in place of Dynamic World: those tokens are left out.

    Parameters
    ----------
    inner : nn.Module
        The published encoder.
    """

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.attention, self.mlp = ("attn.qkv", "attn.proj"), ("mlp.fc1", "mlp.fc2")
        self.inner: Any = inner
        self.blocks = inner.blocks  # type: ignore[assignment]
        self.widths = (int(inner.embedding_size),) * len(self.blocks)  # type: ignore[arg-type]

    @classmethod
    def from_file(cls, path: Path | None) -> Self:
        """Build the encoder; random weights without a file."""
        from rslearn.models.presto.single_file_presto import Presto

        model = Presto.construct()
        if path is not None:
            load_state(model, read_state(path), "presto")
        return cls(model.encoder)

    def stem(self, batch: Tensors) -> Tensor:
        """Embed each group of bands at each date; one token for SRTM, one for the place."""
        inner, x = self.inner, batch["x"]
        n, n_dates = x.shape[:2]
        month = inner.month_embed(batch["month"])
        position = inner.pos_embed[:, :n_dates].expand(n, -1, -1)
        tokens = []
        if "latlon" in batch:
            tokens.append(inner.latlon_embed(inner.cartesian(batch["latlon"])).unsqueeze(1))
        for number, (group, bands) in enumerate(GROUPS.items()):
            if not bool(batch["groups"][0, number]):
                continue
            channel = inner.channel_embed.weight[number].expand(n, n_dates, -1)
            if group == "SRTM":
                # The ground does not move: one token, without time.
                still = torch.cat(
                    (torch.zeros_like(month), channel, torch.zeros_like(position)), dim=-1
                )
                tokens.append(inner.eo_patch_embed[group](x[:, :1, bands]) + still[:, :1])
            else:
                when = torch.cat((month, channel, position), dim=-1)
                tokens.append(inner.eo_patch_embed[group](x[:, :, bands]) + when)
        return torch.cat(tokens, dim=1)

    def pool(self, tokens: Tensor) -> Tensor:
        """Average the tokens, then normalise, as the publication does for evaluation."""
        return self.inner.norm(tokens.mean(dim=1))  # type: ignore[no-any-return]
