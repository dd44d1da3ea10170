"""A map on a page, and words of known width around it, without matplotlib's global state."""

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bocage.mapping.outputs._fonts import families_for

INK = "#1f2328"
QUIET = "#5b6470"
FAINT = "#c9ced6"
PAPER = "#ffffff"
STRIPE = "#d4d8de"
HATCH = "///"
"""What means 'no data', in `STRIPE`."""

SIDE = 1600.0
"""The longer side of a page, at most. All lengths are in such units, a hundredth of an inch."""

MARGIN = 36.0

_UNITS = 100.0
"""In an inch: pixels of a page that is measured."""

_RC: dict[str, Any] = {
    "axes.edgecolor": FAINT,
    "axes.linewidth": 1.2,
    "hatch.linewidth": 2.0,
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


class Page:
    """A map, and what stands around it: places are counted from the map's upper left corner.

    Parameters
    ----------
    width, height : float
        Of the map, in units. The page becomes as large as what is put on it.

    Attributes
    ----------
    figure : matplotlib Figure
    axes : matplotlib Axes
        Of the map, without ticks.
    """

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self.figure: Any = Figure(
            figsize=(width / _UNITS, height / _UNITS), dpi=_UNITS, facecolor=PAPER
        )
        agg: Any = FigureCanvasAgg(self.figure)
        self.renderer: Any = agg.get_renderer()
        self.axes: Any = self.figure.add_axes((0, 0, 1, 1), xticks=(), yticks=())

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Turn a place into shares of the map's width and height, from its lower left corner."""
        return x / self.width, 1 - y / self.height

    def text(self, x: float, y: float, words: str, size: float, **style: Any) -> Any:
        """Write lines whose upper left corner is at a place; `size` is in units."""
        style = {"color": QUIET, "va": "top"} | style
        return self.axes.annotate(
            words, self.at(x, y), xycoords="axes fraction", fontsize=points(size), **style
        )

    def top_of(self, artist: Any) -> float:
        """Measure where something begins that was put on the page."""
        return float(self.height - artist.get_window_extent(self.renderer).y1)

    def bottom_of(self, artist: Any) -> float:
        """Measure where something ends that was put on the page."""
        return float(self.height - artist.get_window_extent(self.renderer).y0)

    def png(self, longest: int) -> bytes:
        """Return the page as PNG, which says who wrote it, without a time or a version.

        Parameters
        ----------
        longest : int
            Pixels of its longer side, at most.
        """
        box = self.figure.get_tightbbox(self.renderer).padded(MARGIN / _UNITS)
        dpi = min(_UNITS * longest / SIDE, longest / max(box.size))
        buffer = io.BytesIO()
        self.figure.savefig(
            buffer, format="png", dpi=dpi, bbox_inches=box, metadata={"Software": "Bocage"}
        )
        return buffer.getvalue()


def points(size: float) -> float:
    """Turn a size of letters from units into points."""
    return size * 72 / _UNITS


def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """Measure a line, in units."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    font = FontProperties(size=points(size), weight="bold" if bold else "normal")
    renderer: Any = RendererAgg
    width, *_ = renderer(1, 1, _UNITS).get_text_width_height_descent(words, font, ismath=False)
    return float(width)


def wrapped(words: str, size: float, width: float, most: int, *, bold: bool = False) -> list[str]:
    """Break a text into lines that fit; the last is cut if there would be more than `most`."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or width_of(longer, size, bold=bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return [_shortened(line, size, width, bold=bold) for line in lines if line]


def _shortened(line: str, size: float, width: float, *, bold: bool) -> str:
    """Cut a line so that it fits, and show that it was cut."""
    if width_of(line, size, bold=bold) <= width:
        return line
    few, many = 0, len(line)
    while few < many:
        middle = (few + many + 1) // 2
        if width_of(line[:middle].rstrip() + "…", size, bold=bold) <= width:
            few = middle
        else:
            many = middle - 1
    return line[:few].rstrip() + "…"
