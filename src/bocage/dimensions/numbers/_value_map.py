"""What the few change on the ground: a number on a piece of a raster, with few and with all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bocage.core import Floats
from bocage.dimensions._piece import Piece, PiecePixels, pixels_of
from bocage.dimensions.numbers._number import NumberExplanation
from bocage.sources import Source


@dataclass(frozen=True, slots=True, eq=False)
class ValueMap:
    """A number on a piece of a raster.

    Attributes
    ----------
    piece : Piece
    k : int
        How many the few are.
    few, every : ndarray of float64, shape (height, width)
        North up: what ridge regression says with the few dimensions, and with all; NaN where there
        is no data.
    """

    piece: Piece
    k: int
    few: Floats
    every: Floats

    @property
    def has_maps(self) -> bool:
        """Whether anything is drawn: there is no such map without its few."""
        return True

    @property
    def apart(self) -> float:
        """Root of the mean squared difference, in the number's unit."""
        return float(np.sqrt(np.nanmean(np.square(self.few - self.every))))

    @property
    def spread(self) -> float:
        """Standard deviation of what is said with all dimensions."""
        return float(np.nanstd(self.every))


def value_map(found: NumberExplanation, raster: Source) -> ValueMap | None:
    """Map a number with the few dimensions and with all; None where no few are enough.

    Parameters
    ----------
    found : NumberExplanation
    raster : Source
        With the bands that the labels have; at most 512 x 512 of its pixels are read, around the
        labels that lie in it, or in its middle.

    Raises
    ------
    DataError
        If bands are missing, on another scale, or no pixel has data.
    """
    bands = found.together.bands
    if not bands:
        return None
    pixels, problem = pixels_of(found.problem, raster), found.problem
    few = [problem.bands.index(band) for band in bands]
    drawn = [_said(found, pixels, at) for at in (few, range(len(problem.bands)))]
    return ValueMap(pixels.piece(bands), len(few), *drawn)


def _said(found: NumberExplanation, pixels: PiecePixels, at: Sequence[int]) -> Floats:
    """Learn ridge regression from all labels, as a comparison has it by default, and predict."""
    from bocage.methods import Head, linear_head

    problem, known = found.problem, pixels.known
    kind = problem.task.kind
    bands = np.array(at)
    head = Head(linear_head(kind), kind.name).fit(
        (problem.X + problem.mean)[:, bands], problem.target
    )
    made = np.full(len(known), np.nan)
    made[known] = head.predict(pixels.values[np.ix_(bands, np.flatnonzero(known))].T)
    return pixels.upright(made)
