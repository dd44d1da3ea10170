"""A frozen encoder runs once per input: what it gives is kept on disk and mapped into memory."""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bocage.core import DataError, StoreError, cache_folder, content_key, progress
from bocage.methods.backbones._backbone import Arrays, Backbone, Weights, arrays_key
from bocage.methods.backbones._encoder import Encoder

CHUNK = 64
"""Samples encoded at a time; part of the key, because sums may depend on it."""

CACHE_VERSION = 1
SHARED = frozenset({"groups", "s_t_m", "sp_m", "t_m", "st_m"})
"""Arrays that hold one row for all samples."""


class Frozen:
    """What a frozen encoder makes of an input.

    Parameters
    ----------
    backbone : Backbone
    weights : {"pretrained", "random"}
    arrays : mapping of str to ndarray
        All samples, as `Backbone.arrays` gives them.
    folder : Path, optional
        Where features are kept; ``features`` in the cache folder unless given.
    """

    def __init__(
        self, backbone: Backbone, weights: Weights, arrays: Arrays, folder: Path | None = None
    ) -> None:
        self.backbone = backbone
        self.weights = weights
        self.arrays = arrays
        self.folder = folder or cache_folder() / "features"
        self._open: dict[str, NDArray[np.float32]] = {}

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder with its first weights; never trained (see `copy`)."""
        return self.backbone.load(self.weights)

    def copy(self) -> Encoder:
        """Return a fresh encoder that may be trained."""
        return deepcopy(self.encoder)

    @cached_property
    def key(self) -> str:
        """Content key: weights, library, bands and scaling (by the arrays they give)."""
        from importlib.metadata import version

        return content_key(
            [
                CACHE_VERSION,
                CHUNK,
                self.backbone.name,
                self.backbone.weights_key(self.weights),
                self.backbone.library,
                version(self.backbone.library),
                arrays_key(self.arrays),
            ]
        )

    def __len__(self) -> int:
        return max(len(part) for name, part in self.arrays.items() if name not in SHARED)

    def features(self) -> NDArray[np.float32]:
        """Return pooled features of all samples, shape (n, width); computed once."""
        return self._kept("pooled")

    def tokens(self, block: int) -> NDArray[np.float32]:
        """Return what enters a block, shape (n, n_tokens, width); computed once."""
        return self._kept(f"block{block}")

    def batch(self, rows: NDArray[np.int64] | slice) -> dict[str, Tensor]:
        """Return the arrays of some samples as tensors."""
        return {
            name: torch.from_numpy(part if name in SHARED else np.ascontiguousarray(part[rows]))
            for name, part in self.arrays.items()
        }

    def _kept(self, stage: str) -> NDArray[np.float32]:
        if stage not in self._open:
            path = self.folder / f"{self.backbone.name}-{self.key}-{stage}.npy"
            if not self._is_whole(path):
                self._make(path, stage)
            self._open[stage] = np.load(path, mmap_mode="r", allow_pickle=False)
        return self._open[stage]

    def _is_whole(self, path: Path) -> bool:
        try:
            found = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError):
            return False
        return found.ndim > 1 and len(found) == len(self)

    @torch.no_grad()
    def _encode(self, start: int, stage: str) -> NDArray[np.float32]:
        tokens = self.encoder.stem(self.batch(slice(start, start + CHUNK)))
        if stage == "pooled":
            made = self.encoder.pool(self.encoder.through(tokens))
        else:
            made = self.encoder.through(tokens, 0, int(stage.removeprefix("block")))
        return np.ascontiguousarray(made.float().numpy())

    def _make(self, path: Path, stage: str) -> None:
        what = f"{self.backbone.name} ({self.weights}), {stage}"
        threads = torch.get_num_threads()
        # One thread a chunk: the same sums whatever the number of cores.
        torch.set_num_threads(1)
        name = ""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, prefix=".features-", suffix=".tmp")
            with (
                os.fdopen(handle, "wb") as file,
                ThreadPoolExecutor(os.cpu_count() or 1) as pool,
                progress(what, len(self)) as advance,
            ):
                starts = range(0, len(self), CHUNK)
                for start, part in zip(
                    starts, pool.map(lambda at: self._encode(at, stage), starts), strict=True
                ):
                    if not np.isfinite(part).all():
                        raise DataError(
                            f"{self.backbone.name} gives features that are not finite; expected "
                            "finite inputs: look at the values of the input"
                        )
                    if start == 0:
                        np.lib.format.write_array_header_1_0(
                            file,
                            {
                                "shape": (len(self), *part.shape[1:]),
                                "fortran_order": False,
                                "descr": np.lib.format.dtype_to_descr(part.dtype),
                            },
                        )
                    # Written, not mapped: a full disk is then an error and not a crash.
                    file.write(part.tobytes())
                    advance(len(part))
            Path(name).replace(path)
            name = ""
        except OSError as error:
            raise StoreError(
                f"can't keep frozen features in {self.folder} ({error.strerror or error}); free "
                "some space, or name another folder with BOCAGE_CACHE"
            ) from error
        finally:
            torch.set_num_threads(threads)
            if name:
                Path(name).unlink(missing_ok=True)
