"""Figures as inline SVG: the same bytes for the same content, nothing fetched."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from markupsafe import Markup, escape

from bocage.report._style import FAINT, INK, QUIET, VARIABLES

WIDTH = 9.0
"""Width of a figure in inches: one unit of its text is a point where the page is full size."""

TILE, SMALL = 4.0, 1.9
"""Widths of figures of which two, or four, stand side by side on a screen and on paper; on a phone
one, or two, fill the width, and their words can still be read."""

_CLASSES = {TILE: "tile", SMALL: "tile small"}

_RC: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "lines.solid_capstyle": "round",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "text.color": INK,
    # A dollar sign in a class name is a dollar sign.
    "text.parse_math": False,
    "text.usetex": False,
    "xtick.color": QUIET,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 8,
    "xtick.major.size": 2.5,
    "xtick.minor.size": 0,
    "ytick.color": QUIET,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8,
    "ytick.major.size": 2.5,
}


@contextmanager
def drawing(name: str) -> Iterator[None]:
    """Draw with the page's look, whatever the user's own matplotlib settings are."""
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # Text stays text, so the reader's fonts draw it: one that we lack is no trouble.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        mpl.rcdefaults()
        # The salt makes ids the same in every run, and different in every figure of a page.
        settings: Any = mpl.rcParams
        settings.update(_RC | {"svg.hashsalt": f"bocage-{name}"})
        yield


PIXELS = 860
"""Width of the page's column, where the window has room for it (``page.css``)."""


def new_figure(height: float, width: float = WIDTH) -> Any:
    """Make a figure that no global state knows of."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


def to_svg(figure: Any, alt: str) -> Markup:
    """Write a figure as an SVG element that reads `alt` to those who don't see it."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=nothing, dpi=200)
    text = buffer.getvalue()
    body = text[text.index("<svg") :]
    box = re.search(r'viewBox="[^"]*"', body)
    if box is None:  # pragma: no cover - matplotlib always writes one
        raise RuntimeError("matplotlib wrote an SVG without viewBox")
    inner = body[body.index(">") + 1 :]
    inner = re.sub(r"\s*<metadata>.*?</metadata>", "", inner, flags=re.DOTALL)
    inner = re.sub(r"\s*<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>", "", inner)
    # Ids stay only where something refers to them: two figures may both have an "axes_1".
    used = set(re.findall(r"#([\w-]+)", inner))
    inner = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", inner)
    inner = re.sub(r"\n\s*", "\n", re.sub(r"<!--.*?-->", "", inner, flags=re.DOTALL))
    inner = re.sub(r"\n+", "\n", inner)
    # A narrow figure keeps its size: stretched over the page, its words would be giant.
    width = float(figure.get_figwidth())
    narrow = ""
    if width in _CLASSES:
        narrow = f' class="{_CLASSES[width]}"'
    elif width < WIDTH:
        narrow = f' style="max-width:{PIXELS * width / WIDTH:.0f}px;min-width:0"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box[0]}{narrow} role="img" aria-label="{escape(alt)}">'
    )
    return Markup(head + _named_colours(inner))  # noqa: S704 - escaped by matplotlib


_COLOUR = re.compile(r"\b(fill|stroke): (#[0-9a-f]{6})\b")
_WHITE = "#ffffff"


def _named_colours(text: str) -> str:
    """Let the style sheet choose colours, which differ on a dark screen."""

    def tag(found: re.Match[str]) -> str:
        # Rims and hollow marks are of the colour of the page; white words stand on dark cells.
        known = VARIABLES if "font" in found[0] else {**VARIABLES, _WHITE: "--paper"}

        def named(colour: re.Match[str]) -> str:
            name = known.get(colour[2])
            return f"{colour[1]}: var({name})" if name else colour[0]

        return _COLOUR.sub(named, found[0])

    # Inside of tags only: words may be anything.
    return re.sub(r"<[^>]*>", tag, text)
