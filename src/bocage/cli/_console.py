"""The terminal, as the program writes to it."""

from typing import Any

from rich.console import Console
from rich.text import Text

from bocage.core import printable


class PlainConsole(Console):
    """Prints text as it is: no order to the terminal that stands in a name takes effect."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Make text of a string; all strings that are printed come by here."""
        return super().render_str(printable(text), **how)
