"""Read weights without executing anything, and load them without leaving a parameter random."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from bocage.core import DataError, in_one_line


def read_state(path: Path) -> dict[str, Tensor]:
    """Read a file of weights: safetensors, or a PyTorch file that holds tensors alone.

    Raises
    ------
    DataError
        If it can't be read that way.
    """
    import pickle
    import zipfile

    if path.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return dict(load_file(path))
        except (SafetensorError, OSError) as error:
            raise DataError(f"{path.name} can't be read as safetensors ({error})") from error
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, OSError, zipfile.BadZipFile, EOFError) as error:
        raise DataError(
            f"{path.name} can't be read as weights ({in_one_line(error, 120)}); "
            "expected a file with tensors only: files that contain code are not loaded"
        ) from error
    for name in ("state_dict", "model", "model_state_dict"):
        if isinstance(state, dict) and isinstance(state.get(name), Mapping):
            state = state[name]
    if not isinstance(state, Mapping) or not all(isinstance(v, Tensor) for v in state.values()):
        raise DataError(
            f"{path.name} holds no dictionary of tensors; expected the weights of a network"
        )
    return dict(state)


def load_state(
    module: nn.Module, state: Mapping[str, Tensor], name: str, *, more: bool = False
) -> None:
    """Load weights; every parameter must be there, with its shape.

    Parameters
    ----------
    module : nn.Module
    state : mapping of str to Tensor
    name : str
        Of the network, for messages.
    more : bool
        Whether the file may hold other parts too, such as the decoder of the pretraining.

    Raises
    ------
    DataError
        If one is missing, does not belong, or has another shape.
    """
    own = module.state_dict()
    missing = sorted(set(own) - set(state))
    others = [] if more else sorted(set(state) - set(own))
    wrong = sorted(n for n in set(own) & set(state) if own[n].shape != state[n].shape)
    if missing or others or wrong:
        found = [f"{len(missing)} missing ({missing[0]})"] if missing else []
        found += [f"{len(others)} unknown ({others[0]})"] if others else []
        found += [f"{len(wrong)} of another shape ({wrong[0]})"] if wrong else []
        raise DataError(
            f"the weights for {name} do not fit this network: {', '.join(found)} of {len(own)} "
            f"tensors; expected the published file of {name}"
        )
    module.load_state_dict({n: state[n] for n in own})
