"""A pretrained network: its bands, its weights, and how it is built."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import Input, PinnedFile, SettingsError, fetch

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

Arrays = Mapping[str, NDArray[Any]]
"""What an encoder reads: arrays of all samples, normalised as its weights expect."""

Weights = Literal["pretrained", "random"]

RANDOM_SEED = 0
"""Random weights are the same for every run: a control and a start that can be repeated."""


@dataclass(frozen=True, slots=True)
class Backbone:
    """A pretrained encoder behind one name.

    Attributes
    ----------
    name, title : str
    form : {"series", "chips"}
        Kind of input that it reads.
    width : int
        Length of a feature vector.
    n_blocks : int
        Transformer blocks.
    bands : tuple of str
        Bands that it knows.
    n_parameters : int
        Of the encoder.
    file : PinnedFile
        Its weights.
    arrays : callable (input, lonlat, with place) -> arrays
        Checks bands and scale, and normalises.
    build : callable (path or None) -> Encoder
        Builds the network, with weights from a file or random ones.
    library : str
        Package whose version decides what it computes.
    source : str
        Paper and licence.
    """

    name: str
    title: str
    form: Literal["series", "chips"]
    width: int
    n_blocks: int
    bands: tuple[str, ...]
    n_parameters: int
    file: PinnedFile
    arrays: Callable[[Input, NDArray[np.float64], bool], dict[str, NDArray[Any]]]
    build: Callable[[Path | None], "Encoder"]
    library: str
    source: str

    def weights_key(self, weights: Weights) -> str:
        """Name what the encoder starts from: the hash of its file, or of its seed."""
        return self.file.sha256 if weights == "pretrained" else f"random-{RANDOM_SEED}"

    def reads(self, item: Input) -> bool:
        """Tell whether an input looks like one for this network, by form and band names."""
        return (
            item.form == self.form
            and (item.form != "series" or item.months is not None)
            and bool(set(item.bands) & set(self.bands))
        )

    def find(self, weights: Weights = "pretrained") -> Path | None:
        """Return the file of the weights, fetched where it is not here; None for random ones.

        Raises
        ------
        DownloadError
            If they can't be had, or are not the pinned ones.
        """
        return fetch(self.file) if weights == "pretrained" else None

    def load(self, weights: Weights = "pretrained") -> "Encoder":
        """Build the encoder with its weights, in evaluation mode.

        Raises
        ------
        DownloadError
            If the weights can't be had, or are not the pinned ones.
        SettingsError
            If the libraries for networks are not installed.
        """
        need_torch()
        import torch

        path = self.find(weights)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            return self.build(path).eval()


def lacking() -> list[str]:
    """Return the packages for networks that are not installed."""
    return [name for name in ("torch", "rslearn", "einops", "peft") if find_spec(name) is None]


def need_torch() -> None:
    """Check that networks can be run.

    Raises
    ------
    SettingsError
        If the extra packages are not installed.
    """
    absent = lacking()
    if absent:
        raise SettingsError(
            f"networks need {', '.join(absent)}, which {'is' if len(absent) == 1 else 'are'} "
            "not installed: pip install 'bocage[tune]'"
        )


def arrays_key(arrays: Arrays) -> str:
    """Hash what an encoder reads."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(arrays):
        part = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}{part.dtype.str}{part.shape}".encode())
        digest.update(part.tobytes())
    return digest.hexdigest()
