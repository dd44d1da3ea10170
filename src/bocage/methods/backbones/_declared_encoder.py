"""Networks of TerraTorch's registry that are known by a declaration alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from bocage.core import SettingsError, in_one_line
from bocage.methods.backbones._encoder import N_LEVELS, Encoder, Tensors
from bocage.methods.backbones._patches import PatchEncoder, from_registry, gate, layout_of, still
from bocage.methods.backbones._state import load_state, read_state
from bocage.methods.backbones._steady import steady

MAP_AXES = 4


class PyramidEncoder(Encoder):
    """A network that is run whole: the maps that it gives are all that is known of it.

    Parameters
    ----------
    inner : nn.Module
        From chips to a list of maps, fine to coarse.
    """

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.blocks = nn.ModuleList()
        self.attention, self.mlp, self.widths = (), (), ()

    def stem(self, batch: Tensors) -> Tensor:
        """Return the chips: there are no blocks whose input could be kept."""
        return _flat(batch)

    def pool(self, tokens: Tensor) -> Tensor:
        """Average the coarsest map."""
        return self.picture(tokens, 0).mean(dim=(2, 3))

    def picture(self, tokens: Tensor, depth: int) -> Tensor:
        """Return the coarsest map."""
        del depth
        return _maps(self.inner(tokens))[-1]

    def pictures(self, tokens: Tensor, first: int = 0) -> list[Tensor]:
        """Return the four coarsest maps."""
        del first
        return _maps(self.inner(tokens))[-N_LEVELS:]


class FlatEncoder(PatchEncoder):
    """A vision transformer of the registry on one date."""

    def embed(self, batch: Tensors) -> Any:
        """Call the network on chips."""
        return self.inner(_flat(batch))


def declared_encoder(
    name: str,
    key: str,
    settings: Mapping[str, Any],
    path: Path | None,
    shape: Sequence[int],
    patch: int,
    n_blocks: int,
) -> Encoder:
    """Build a network of the registry, and cut it at its blocks if it is said to have some.

    Parameters
    ----------
    name, key : str
        Ours, and the registry's.
    settings : mapping of str to value
        For the registry.
    path : Path or None
        Weights.
    shape : sequence of int
        Of the chips.
    patch, n_blocks : int

    Raises
    ------
    SettingsError
        If there is no such network, it can't read the chips, or is no stack of blocks that hand
        tokens on.
    DataError
        If the weights are those of another network.
    """
    try:
        inner = from_registry(key, **settings).eval()
    except Exception as error:  # what the registry raises is of no kind of its own
        raise SettingsError(
            f"TerraTorch's registry can't build {key!r} for {name} ({in_one_line(error, 160)}); "
            "check registry and settings in its declaration"
        ) from error
    still(inner)
    inner.requires_grad_(requires_grad=True)
    if path is not None:
        _load(inner, path, name)
    with torch.no_grad():
        probe = torch.randn(1, *shape[1:], generator=torch.Generator().manual_seed(0))
        return _cut(name, inner, _flat({"x": probe}), patch, n_blocks)


def _cut(name: str, inner: nn.Module, probe: Tensor, patch: int, n_blocks: int) -> Encoder:
    if not n_blocks:
        maps = _maps(_run(name, inner, probe))
        if len(maps) < N_LEVELS:
            raise SettingsError(
                f"{name} gives {len(maps)} feature maps (4 axes); expected at least {N_LEVELS}: "
                "declare a vision transformer with its number of blocks"
            )
        steady(inner)
        return PyramidEncoder(inner)
    trace = _Trace(inner, n_blocks)
    _run(name, inner, probe, trace)
    n_rows, n_columns = probe.shape[-2] // patch, probe.shape[-1] // patch
    extra = trace.tokens[0].shape[1] - n_rows * n_columns if trace.tokens else -1
    if not trace.is_chain or extra < 0:
        raise SettingsError(
            f"{name} can't be split into {n_blocks} blocks that pass on tokens of {n_rows} x "
            f"{n_columns} patches; check blocks and patch in its declaration, or declare blocks: "
            "0 and run it as a whole (linear, decoder, full)"
        )
    parent, place = trace.parent, trace.place
    blocks = list(getattr(parent, place))
    width = trace.tokens[0].shape[2]
    own = getattr(parent, "norm", None)
    norm = own if isinstance(own, nn.LayerNorm) and own.normalized_shape == (width,) else None
    setattr(parent, place, gate(n=n_blocks))
    encoder = FlatEncoder(
        inner,
        blocks,
        norm or nn.Identity(),
        width,
        layout_of(probe.shape, patch, extra),
        trace.layers,
    ).eval()
    _check_order(name, encoder, probe, patch, extra)
    return encoder


class _Trace:
    """Watches the blocks of a network while it runs once."""

    def __init__(self, inner: nn.Module, n_blocks: int) -> None:
        found = [
            (parent, place)
            for parent in inner.modules()
            for place, child in parent.named_children()
            if isinstance(child, nn.ModuleList | nn.Sequential)
            and len(child) == n_blocks
            and len({type(block) for block in child}) == 1
            and any(True for _ in child.parameters())
        ]
        self.tokens: list[Tensor] = []
        self.made: list[Tensor] = []
        self._plain = True
        self._called: set[str] = set()
        self._handles: list[Any] = []
        self.parent: nn.Module = inner
        self.place = ""
        if len(found) != 1:
            return
        self.parent, self.place = found[0]
        for block in getattr(self.parent, self.place):
            self._handles.append(block.register_forward_hook(self._block, with_kwargs=True))
            for layer, part in block.named_modules():
                if isinstance(part, nn.Linear):
                    self._handles.append(part.register_forward_hook(self._layer(layer)))

    def _block(self, _: Any, given: tuple[Any, ...], words: dict[str, Any], made: Any) -> None:
        is_plain = bool(given) and isinstance(given[0], Tensor) and isinstance(made, Tensor)
        # More arguments, such as positions, are unknown to us and could not be passed on.
        others = [*given[1:], *words.values()]
        if not is_plain or any(isinstance(item, Tensor) for item in others):
            self._plain = False
            return
        self.tokens.append(given[0])
        self.made.append(made)

    def _layer(self, name: str) -> Any:
        def note(*_: Any) -> None:
            self._called.add(name)

        return note

    def close(self) -> None:
        """Stop watching."""
        for handle in self._handles:
            handle.remove()

    @property
    def is_chain(self) -> bool:
        """Whether each block reads just what the one before gave, as tokens (n, t, width)."""
        n = len(getattr(self.parent, self.place)) if self.place else 0
        return (
            self._plain
            and len(self.tokens) == n > 0
            and all(part.ndim == 3 for part in self.tokens)  # noqa: PLR2004
            and all(torch.equal(a, b) for a, b in zip(self.made, self.tokens[1:], strict=False))
        )

    @property
    def layers(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Linear layers of a block that are called: of its attention, and all others."""
        names = sorted(self._called)
        attention = tuple(name for name in names if "att" in name)
        return attention, tuple(name for name in names if name not in attention)


def _check_order(name: str, encoder: Encoder, probe: Tensor, patch: int, extra: int) -> None:
    """Check where the patches stand among the tokens: a changed pixel must change its own."""
    before = encoder.stem({"x": probe})
    for row, column, expected in (
        (0, 0, extra),
        (0, patch, extra + 1),
        (-1, -1, before.shape[1] - 1),
    ):
        changed = probe.clone()
        if probe.shape[-1] <= column:
            continue
        changed[..., row, column] += 1.0
        moved = (encoder.stem({"x": changed}) - before).abs().amax(dim=(0, 2))
        if int(moved.argmax()) != expected:
            raise SettingsError(
                f"{name} does not keep its patches in row-major order after {extra} other tokens; "
                "declare blocks: 0 and run it as a whole (linear, decoder, full)"
            )


def _load(inner: nn.Module, path: Path, name: str) -> None:
    """Load weights into the network, or into the one that a wrapper holds."""
    state = read_state(path)
    # Heads of the pretraining have no place in a network for features.
    candidates = [inner, *inner.children()]
    fits = [
        part for part in candidates if part.state_dict() and set(part.state_dict()) <= set(state)
    ]
    if not fits and isinstance(inner, nn.Module):
        wrapped = [part for part in inner.children() if part.state_dict()]
        fits = wrapped if len(wrapped) == 1 else [inner]
    load_state(fits[0], state, name, more=True)


def _run(name: str, inner: nn.Module, probe: Tensor, trace: _Trace | None = None) -> Any:
    try:
        return inner(probe)
    except (RuntimeError, TypeError, ValueError, AssertionError, IndexError) as error:
        raise SettingsError(
            f"{name} can't read chips with {probe.shape[1]} bands and {probe.shape[2]} x "
            f"{probe.shape[3]} pixels ({in_one_line(error, 160)}); add the settings that it needs "
            "to its declaration, such as in_chans or img_size"
        ) from error
    finally:
        if trace is not None:
            trace.close()


def _maps(made: Any) -> list[Tensor]:
    parts = made if isinstance(made, list | tuple) else [made]
    return [part for part in parts if isinstance(part, Tensor) and part.ndim == MAP_AXES]


def _flat(batch: Tensors) -> Tensor:
    x = batch["x"]
    return x if x.ndim == MAP_AXES else x[:, :, 0]
