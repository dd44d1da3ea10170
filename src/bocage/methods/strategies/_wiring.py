"""Open what a strategy trains: LoRA through PEFT, bottleneck adapters of our own, or everything."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bocage.core import DataError, SettingsError, in_one_line
from bocage.methods.backbones import Encoder
from bocage.methods.strategies._strategy import Value, first_block


class Bottleneck(nn.Module):
    """A block followed by a small residual network that starts as nothing.

    After Houlsby et al. 2019 (arXiv 1902.00751): down to `rank`, GELU, up again; the last layer
    starts at zero, so that the first step starts from the frozen network.
    """

    def __init__(self, block: nn.Module, width: int, rank: int) -> None:
        super().__init__()
        self.block = block
        self.down = nn.Linear(width, rank)
        self.up = nn.Linear(rank, width)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """Apply the block, then the correction."""
        tokens = self.block(tokens)
        return tokens + self.up(nn.functional.gelu(self.down(tokens)))  # type: ignore[no-any-return]


def open_encoder(encoder: Encoder, strategy: str, options: Mapping[str, Value]) -> int:
    """Freeze an encoder and open what the strategy trains.

    Parameters
    ----------
    encoder : Encoder
        Changed in place.
    strategy : str
    options : mapping of str to value

    Returns
    -------
    int
        The first block that changes: what comes before can be computed once.

    Raises
    ------
    SettingsError
        If more blocks are asked for than there are.
    """
    fixed = {name for name, part in encoder.named_parameters() if not part.requires_grad}
    encoder.requires_grad_(requires_grad=False)
    if strategy in {"full", "scratch"}:
        for name, part in encoder.named_parameters():
            # Tables of sines stay what they are.
            part.requires_grad_(name not in fixed)
        return 0
    n_blocks = len(encoder.blocks)
    first = first_block(strategy, options, n_blocks)
    if first is None:
        raise SettingsError(f"strategy {strategy!r} trains no part of an encoder")
    for number in range(first, n_blocks):
        if strategy == "adapter":
            added = Bottleneck(encoder.blocks[number], encoder.widths[number], int(options["rank"]))
            encoder.blocks[number] = added
        else:
            _add_lora(encoder, number, options)
    return first


def _add_lora(encoder: Encoder, number: int, options: Mapping[str, Value]) -> None:
    from peft import LoraConfig, inject_adapter_in_model

    layers = {
        "attention": encoder.attention,
        "mlp": encoder.mlp,
        "all": (*encoder.attention, *encoder.mlp),
    }[str(options["placement"])]
    config = LoraConfig(
        r=int(options["rank"]),
        lora_alpha=int(options["alpha"]),
        target_modules=list(layers),
        lora_dropout=0.0,
        bias="none",
    )
    inject_adapter_in_model(config, encoder.blocks[number])


def trained(module: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that learn."""
    return [part for part in module.parameters() if part.requires_grad]


def count(module: nn.Module, *, only_trained: bool = False) -> int:
    """Count parameters, each once."""
    parts = trained(module) if only_trained else list(module.parameters())
    return sum(part.numel() for part in parts)


def learned_numbers(network: nn.Module) -> dict[str, NDArray[Any]]:
    """Return what must be shipped beside public weights, by name: what learns, and buffers."""
    known = _known(network)
    state = network.state_dict()
    return {name: part.detach().numpy() for name, part in state.items() if name not in known}


def fill(network: nn.Module, numbers: Mapping[str, NDArray[Any]]) -> None:
    """Put what `learned_numbers` gave into a network that is built in the same way.

    Raises
    ------
    DataError
        If the names or shapes are not those of this network.
    """
    state = {name: torch.from_numpy(np.array(part)) for name, part in numbers.items()}
    known = _known(network)
    try:
        odd = network.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise DataError(
            f"the stored weights do not fit this network ({in_one_line(error)})"
        ) from error
    lost = [name for name in odd.missing_keys if name not in known]
    if lost or odd.unexpected_keys:
        raise DataError(
            f"the stored weights do not fit this network: {(lost or odd.unexpected_keys)[0]} "
            f"{'is missing' if lost else 'is not part of it'}; fit the model again with these "
            "versions of its libraries"
        )


def _known(network: nn.Module) -> set[str]:
    """Name the parameters that need not be shipped: they do not learn, or have another name too."""
    every = network.named_parameters(remove_duplicate=False)
    own = {name for name, part in network.named_parameters() if part.requires_grad}
    return {name for name, _ in every if name not in own}


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch, NumPy and the standard library for a while; libraries below us may use any."""
    import random

    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - others' global state
    with torch.random.fork_rng():
        random.seed(seed)
        np.random.seed(seed % 2**32)  # noqa: NPY002
        torch.manual_seed(seed)
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)  # noqa: NPY002
