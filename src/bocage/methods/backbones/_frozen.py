"""A frozen encoder runs once per input: what it gives is kept on disk and mapped into memory."""

import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from copy import deepcopy
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bocage.core import (
    SUFFIX,
    DataError,
    cache_folder,
    content_key,
    not_written,
    open_threads,
    progress,
    sweep,
    temporary_prefix,
    write_atomic,
)
from bocage.methods.backbones._backbone import Arrays, Backbone, Weights, arrays_key
from bocage.methods.backbones._encoder import N_LEVELS, Encoder
from bocage.methods.backbones._numerics import fixed_numerics, own_tensor

CHUNK = 64
"""Samples encoded at a time; part of the key, because sums may depend on it."""

CHIP_CHUNK, LARGE = 8, 2_000
"""The same for samples of more than so many numbers."""

CACHE_VERSION = 5

POOLED, MAP = "pooled", "map"

SECONDS = "seconds"
"""Kept beside features: what they took."""


def level_stage(level: int, turn: int = 0) -> str:
    """Name the map of a depth."""
    return f"level{level}-turn{turn}"


def block_stage(block: int, turn: int = 0) -> str:
    """Name what enters a block."""
    return f"block{block}-turn{turn}"


class Frozen:
    """What a frozen encoder makes of an input.

    Parameters
    ----------
    backbone : Backbone
    weights : {"pretrained", "random"}
    arrays : mapping of str to ndarray
        All samples, as `Backbone.arrays` gives them; an array of one row holds for all.
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
        self._seconds: dict[str, float] = {}

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder with its first weights; never trained (see `copy`)."""
        return self.backbone.load(self.weights, self.arrays)

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
                CHIP_CHUNK,
                self.backbone.name,
                self.backbone.weights_key(self.weights),
                self.backbone.library,
                version(self.backbone.library),
                arrays_key(self.arrays),
            ]
        )

    @cached_property
    def n_parameters(self) -> int:
        """Parameters of the encoder, counted when it was built."""
        path = self._path("parameters", "txt")
        if path.is_file() and path.read_text().isdigit():
            return int(path.read_text())
        n = sum(part.numel() for part in self.encoder.parameters())
        write_atomic(path, str(n))
        return n

    def __len__(self) -> int:
        return max(len(part) for part in self.arrays.values())

    def features(self) -> NDArray[np.float32]:
        """Return pooled features of all samples, shape (n, width); computed once."""
        return self._kept([POOLED])[0]

    def maps(self) -> NDArray[np.float32]:
        """Return the map that each chip becomes, shape (n, channels, rows, columns)."""
        return self._kept([MAP])[0]

    def levels(self, turn: int = 0) -> list[NDArray[np.float32]]:
        """Return the maps of all depths of chips turned one way; computed in one pass."""
        return self._kept([level_stage(i, turn) for i in range(N_LEVELS)])

    def level_shapes(self) -> list[tuple[int, ...]]:
        """Return channels, rows and columns of the map of each depth."""
        if self._is_whole(self._path(level_stage(0))):
            return [tuple(level.shape[1:]) for level in self.levels()]
        with torch.no_grad(), fixed_numerics():
            maps = self.encoder.pictures(self.encoder.stem(self.batch(slice(0, 1))))
        return [tuple(part.shape[1:]) for part in maps]

    def tokens(self, block: int, turn: int = 0) -> NDArray[np.float32]:
        """Return what enters a block, shape (n, n_tokens, width); computed once."""
        return self._kept([block_stage(block, turn)])[0]

    def seconds(self, stage: str) -> float:
        """Return what a stage took a sample, in seconds on one thread, when it was computed."""
        self._kept([stage])
        return self._seconds[stage]

    def batch(self, rows: NDArray[np.int64] | slice) -> dict[str, Tensor]:
        """Return the arrays of some samples as tensors."""
        n = len(self)
        return {
            name: own_tensor(part if len(part) == 1 < n else part[rows])
            for name, part in self.arrays.items()
        }

    def _path(self, stage: str, suffix: str = "npy") -> Path:
        return self.folder / f"{self.backbone.name}-{self.key}-{stage}.{suffix}"

    def _kept(self, stages: Sequence[str]) -> list[NDArray[np.float32]]:
        left = [stage for stage in stages if stage not in self._open]
        absent = [stage for stage in left if not self._is_whole(self._path(stage))]
        if absent:
            self._make(absent)
        for stage in left:
            self._seconds[stage] = float(self._path(stage, SECONDS).read_text())
            self._open[stage] = np.load(self._path(stage), mmap_mode="r", allow_pickle=False)
        return [self._open[stage] for stage in stages]

    def _is_whole(self, path: Path) -> bool:
        try:
            found = np.load(path, mmap_mode="r", allow_pickle=False)
            float(path.with_suffix(f".{SECONDS}").read_text())
        except (OSError, ValueError):
            return False
        return found.ndim > 1 and len(found) == len(self)

    @cached_property
    def _chunk(self) -> int:
        numbers = sum(part[:1].size for part in self.arrays.values())
        return CHIP_CHUNK if numbers > LARGE else CHUNK

    def _timed(self, start: int, stages: Sequence[str]) -> tuple[list[NDArray[np.float32]], float]:
        # Of this thread alone: others encode beside it.
        begin = time.thread_time()
        made = self._encode(start, stages)
        return made, time.thread_time() - begin

    # One thread a chunk: the same sums whatever the number of cores.
    @torch.no_grad()
    @fixed_numerics()
    def _encode(self, start: int, stages: Sequence[str]) -> list[NDArray[np.float32]]:
        encoder = self.encoder
        batch = self.batch(slice(start, start + self._chunk))
        name, _, turn = stages[0].partition("-turn")
        if turn:
            batch = encoder.turn(batch, int(turn))
        tokens = encoder.stem(batch)
        if name == POOLED:
            made = [encoder.pool(encoder.through(tokens))]
        elif name == MAP:
            made = [encoder.picture(encoder.through(tokens), len(encoder.blocks))]
        elif name.startswith("level"):
            maps = encoder.pictures(tokens)
            made = [maps[int(s.partition("-")[0].removeprefix("level"))] for s in stages]
        else:
            made = [encoder.through(tokens, 0, int(name.removeprefix("block")))]
        return [np.ascontiguousarray(part.float().numpy()) for part in made]

    def _make(self, stages: Sequence[str]) -> None:
        what = f"{self.backbone.name} ({self.weights}), {stages[0]}"
        names: list[str] = []
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            sweep(self.folder)
            with (
                ExitStack() as stack,
                open_threads(os.cpu_count() or 1) as pool,
                progress(what, len(self)) as advance,
            ):
                files = []
                for _ in stages:
                    handle, name = tempfile.mkstemp(
                        SUFFIX, temporary_prefix("features"), self.folder
                    )
                    names.append(name)
                    files.append(stack.enter_context(os.fdopen(handle, "wb")))
                _ = self.encoder
                starts = range(0, len(self), self._chunk)
                made = pool.map(lambda at: self._timed(at, stages), starts)
                taken = 0.0
                for start, (parts, spent) in zip(starts, made, strict=True):
                    taken += spent
                    for file, part in zip(files, parts, strict=True):
                        if not np.isfinite(part).all():
                            raise _not_finite(self.backbone)
                        if start == 0:
                            _write_header(file, (len(self), *part.shape[1:]), part.dtype)
                        # Written, not mapped: a full disk is then an error and not a crash.
                        file.write(part.tobytes())
                    advance(len(parts[0]))
            for name, stage in zip(names, stages, strict=True):
                write_atomic(self._path(stage, SECONDS), repr(taken / len(self)))
                Path(name).replace(self._path(stage))
        except OSError as error:
            what = f"frozen features to {self.folder}"
            raise not_written(what, error, "name another folder with BOCAGE_CACHE") from error
        finally:
            for name in names:
                Path(name).unlink(missing_ok=True)


def _not_finite(backbone: Backbone) -> DataError:
    return DataError(
        f"{backbone.name} gives features that are not finite; expected finite inputs: check the "
        "values of the input"
    )


class Passing(Frozen):
    """The same for samples that are seen once, as in a map: nothing is kept on disk.

    Parameters
    ----------
    backbone, weights, arrays
        As of `Frozen`.
    like : Frozen, optional
        Whose encoder is taken: it was built for arrays of the same shape.
    """

    def __init__(
        self, backbone: Backbone, weights: Weights, arrays: Arrays, like: Frozen | None = None
    ) -> None:
        super().__init__(backbone, weights, arrays)
        if like is not None:
            # Goes where the cached property keeps what it has loaded.
            self.__dict__["encoder"] = like.encoder

    @property
    def n_parameters(self) -> int:
        """Parameters of the encoder."""
        return sum(part.numel() for part in self.encoder.parameters())

    def level_shapes(self) -> list[tuple[int, ...]]:
        """Return channels, rows and columns of the map of each depth."""
        return [tuple(level.shape[1:]) for level in self.levels()]

    def _kept(self, stages: Sequence[str]) -> list[NDArray[np.float32]]:
        left = [stage for stage in stages if stage not in self._open]
        if left:
            starts = range(0, len(self), self._chunk)
            parts = zip(*(self._encode(start, left) for start in starts), strict=True)
            made = list(map(np.concatenate, parts))
            if not all(np.isfinite(part).all() for part in made):
                raise _not_finite(self.backbone)
            self._open.update(zip(left, made, strict=True))
        return [self._open[stage] for stage in stages]


def _write_header(file: object, shape: tuple[int, ...], dtype: np.dtype[np.float32]) -> None:
    about = {
        "shape": shape,
        "fortran_order": False,
        "descr": np.lib.format.dtype_to_descr(dtype),
    }
    np.lib.format.write_array_header_1_0(file, about)  # type: ignore[arg-type]
