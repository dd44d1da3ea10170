"""A pretrained network: its bands, its weights, and how it is built."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bocage.core import (
    DownloadError,
    Input,
    PinnedFile,
    SettingsError,
    data_file,
    fetch,
    how_to_install,
    sha256_of,
)

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

Arrays = Mapping[str, NDArray[Any]]
"""What an encoder reads: arrays of all samples, normalised as its weights expect."""

Weights = Literal["pretrained", "random"]

RANDOM_SEED = 0
"""Random weights are the same for every run: a control and a start that can be repeated."""


@dataclass(frozen=True, slots=True)
class OwnFile:
    """Weights that the user puts in place: no hash of the published file is known to us.

    Attributes
    ----------
    folder : str
        Below the folder ``BOCAGE_DATA``.
    name : str
        File name; the same name ending in ``.safetensors`` is taken too.
    hub : str
        Repository on Hugging Face that publishes it.
    """

    folder: str
    name: str
    hub: str

    def here(self) -> Path | None:
        """Return the file; None where it is not there."""
        stem = self.name.rpartition(".")[0]
        found = (data_file(f"{self.folder}/{n}") for n in (self.name, f"{stem}.safetensors"))
        return next((path for path in found if path is not None), None)

    def find(self) -> Path:
        """Return the file.

        Raises
        ------
        DownloadError
            If it is not there.
        """
        path = self.here()
        if path is not None:
            return path
        raise DownloadError(
            f"the weights {self.name} are not on this machine; put that file of {self.hub} "
            f"(Hugging Face) at {self.folder}/{self.name} in the folder that BOCAGE_DATA names, "
            "or use weights=random to test the network without pretraining"
        )


@dataclass(frozen=True, slots=True)
class Backbone:
    """A pretrained encoder behind one name.

    Attributes
    ----------
    name, title : str
    forms : tuple of {"series", "chips"}
        Kinds of input that it reads.
    n_blocks : int
        Transformer blocks; 0 for a network that is run whole.
    bands : tuple of str
        Bands that it knows.
    file : PinnedFile, OwnFile or None
        Its weights; None where none are published.
    arrays : callable (input, lonlat, with place) -> arrays
        Checks bands and scale, and normalises.
    build : callable (path or None, arrays) -> Encoder
        Builds the network for arrays of that shape, with weights from a file or random ones.
    library : str
        Package whose version decides what it computes.
    source : str
        Paper and licence.
    registry : str
        Name in TerraTorch's registry; empty where it comes from elsewhere.
    placements : tuple of str
        Where LoRA can change a block.
    declaration : str
        Hash of what a user declared; empty for backbones of our own.
    """

    name: str
    title: str
    forms: tuple[Literal["series", "chips"], ...]
    n_blocks: int
    bands: tuple[str, ...]
    file: PinnedFile | OwnFile | None
    arrays: Callable[[Input, NDArray[np.float64], bool], dict[str, NDArray[Any]]]
    build: Callable[[Path | None, Arrays], "Encoder"]
    library: str
    source: str
    registry: str = ""
    placements: tuple[str, ...] = ("all", "attention", "mlp")
    declaration: str = ""

    def weights_key(self, weights: Weights) -> str:
        """Name what the encoder starts from: the hash of its file, or its seed.

        Raises
        ------
        DownloadError
            If the file must be looked at, and is not there.
        """
        return self._start(weights) + self.declaration

    def _start(self, weights: Weights) -> str:
        if weights == "random":
            return f"random-{RANDOM_SEED}"
        if isinstance(self.file, PinnedFile):
            return self.file.sha256
        path = self.find(weights)
        return "" if path is None else sha256_of(path)

    def reads(self, item: Input) -> bool:
        """Tell whether an input looks like one for this network, by form and band names."""
        return (
            item.form in self.forms
            and (item.form != "series" or item.months is not None)
            and bool({plain(band) for band in item.bands} & set(self.bands))
        )

    @property
    def is_at_hand(self) -> bool:
        """Whether weights can be had without the user: pinned, or already in their place."""
        if isinstance(self.file, OwnFile):
            return self.file.here() is not None
        return self.file is not None

    def find(self, weights: Weights = "pretrained") -> Path | None:
        """Return the file of the weights, fetched where it is not here; None for random ones.

        Raises
        ------
        DownloadError
            If they can't be had, or are not the pinned ones.
        """
        if weights == "random":
            return None
        if self.file is None:
            raise DownloadError(f"no weights of {self.name} are published; use weights=random")
        return self.file.find() if isinstance(self.file, OwnFile) else fetch(self.file)

    def load(self, weights: Weights, arrays: Arrays) -> "Encoder":
        """Build the encoder with its weights, in evaluation mode.

        Parameters
        ----------
        weights : {"pretrained", "random"}
        arrays : mapping of str to ndarray
            What it shall read: bands, dates and size of chips decide how it is built.

        Raises
        ------
        DownloadError
            If the weights can't be had, or are not the pinned ones.
        SettingsError
            If the libraries for networks are not installed.
        """
        need_torch()
        import torch

        from bocage.methods.backbones._numerics import fixed_numerics

        path = self.find(weights)
        with fixed_numerics(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            return self.build(path, arrays).eval()


def plain(band: str) -> str:
    """Write a Sentinel-2 band without its leading zero: B02 is B2."""
    return f"B{band[2:]}" if band[:2] == "B0" else band


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
            f"not installed: {how_to_install('tune')}"
        )


def arrays_key(arrays: Arrays) -> str:
    """Hash what an encoder reads."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(arrays):
        part = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}{part.dtype.str}{part.shape}".encode())
        digest.update(part.tobytes())
    return digest.hexdigest()
