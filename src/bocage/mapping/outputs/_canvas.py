"""A page of known pixels to draw on, without matplotlib's global state."""

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.mapping.outputs._fonts import families_for

INK = "#1f2328"
QUIET = "#5b6470"
FAINT = "#c9ced6"
PAPER = "#ffffff"
STRIPE = "#d4d8de"

SIDE = 1600.0
"""All lengths are in such units: thousandths of 1.6 of the longer side at full size."""

_RC: dict[str, Any] = {
    "hatch.linewidth": 1.2,
    "text.color": INK,
    # A dollar sign in a class name is a dollar sign.
    "text.parse_math": False,
    "text.usetex": False,
}


@contextmanager
def drawing(words: Iterable[str] = ()) -> Iterator[None]:
    """Draw with the same look whatever the user's own matplotlib settings are.

    Parameters
    ----------
    words : iterable of str
        That will be written: fonts are added where the usual one lacks their letters.
    """
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # No font of this machine may have a letter: it is drawn as a box, which whoever makes the
        # map says, and is no reason to stop or to warn.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        mpl.rcdefaults()
        settings: Any = mpl.rcParams
        settings.update(_RC)
        settings["font.family"] = families_for(words)[0]
        yield


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page: its upper left corner, and down is positive."""

    x: float
    y: float
    width: float
    height: float


class Canvas:
    """A page whose places are counted from its upper left corner.

    Parameters
    ----------
    width, height : float
        In units.
    scale : float
        Pixels a unit.
    """

    def __init__(self, width: float, height: float, scale: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width, self.height, self.scale = width, height, scale
        self._figure: Any = Figure(
            figsize=(width / 100, height / 100), dpi=100 * scale, facecolor=PAPER
        )
        agg: Any = FigureCanvasAgg(self._figure)
        self._renderer: Any = agg.get_renderer()
        self.page: Any = self.axes(Box(0, 0, width, height), width, height)

    def axes(self, box: Box, width: float, height: float) -> Any:
        """Make axes in a box, counted from its upper left corner to some width and height."""
        axes = self._figure.add_axes(
            (
                box.x / self.width,
                1 - (box.y + box.height) / self.height,
                box.width / self.width,
                box.height / self.height,
            )
        )
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.set_axis_off()
        return axes

    def text(self, x: float, y: float, words: str, size: float, **style: Any) -> None:
        """Write a line; `size` is the height of the letters' line in units, `y` its baseline."""
        self.page.text(x, y, words, fontsize=size * 0.72, **style)

    def width_of(self, words: str, size: float, *, bold: bool = False) -> float:
        """Measure a line."""
        from matplotlib.font_manager import FontProperties

        font = FontProperties(size=size * 0.72, weight="bold" if bold else "normal")
        width, _, _ = self._renderer.get_text_width_height_descent(words, font, ismath=False)
        return float(width) / self.scale

    def shortened(self, words: str, size: float, width: float, *, bold: bool = False) -> str:
        """Cut a line so that it fits, and show that it was cut."""
        words = " ".join(words.split())
        if self.width_of(words, size, bold=bold) <= width:
            return words
        few, many = 0, len(words)
        while few < many:
            middle = (few + many + 1) // 2
            cut = words[:middle].rstrip() + "…"
            if self.width_of(cut, size, bold=bold) <= width:
                few = middle
            else:
                many = middle - 1
        return words[:few].rstrip() + "…"

    def wrapped(
        self, words: str, size: float, width: float, most: int, *, bold: bool = False
    ) -> list[str]:
        """Break a text into lines that fit; the last is cut if there would be more than `most`."""
        lines = [""]
        for word in words.split():
            longer = f"{lines[-1]} {word}".strip()
            if not lines[-1] or self.width_of(longer, size, bold=bold) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        if len(lines) > most:
            lines[most - 1 :] = [" ".join(lines[most - 1 :])]
        return [self.shortened(line, size, width, bold=bold) for line in lines if line]

    def png(self) -> bytes:
        """Return the page as PNG, which says who wrote it, without a time or a version."""
        buffer = io.BytesIO()
        self._figure.savefig(
            buffer, format="png", dpi=100 * self.scale, metadata={"Software": "Bocage"}
        )
        return buffer.getvalue()


def stripes(height: int, width: int, period: int) -> NDArray[np.uint8]:
    """Draw what means 'no data': oblique stripes, shape (height, width, 4)."""
    phase = (np.arange(height)[:, np.newaxis] + np.arange(width)) % period
    dark = np.array([int(STRIPE[i : i + 2], 16) for i in (1, 3, 5)] + [255], dtype=np.uint8)
    out = np.full((height, width, 4), 255, dtype=np.uint8)
    out[phase < period * 0.3] = dark
    return out
