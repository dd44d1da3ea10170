"""`bocage open`: the page of a study in a browser."""

import os
import sys

from bocage.cli import _options as opt
from bocage.cli._folder import check_study
from bocage.core import StoreError

TEXT_BROWSERS = frozenset({"elinks", "links", "lynx", "w3m", "www-browser"})
"""Browsers that would take over the terminal."""


def open_page(folder: opt.Study) -> None:
    """Open the page of a study in the default browser.

    Prints the path of the page too.
    """
    import webbrowser

    page = folder / "report.html"
    if not page.is_file():
        # A folder that holds no study is another mistake than a study that has no page yet.
        check_study(folder)
        raise StoreError(
            f"no page in {folder} ({page.name} is not there); run 'bocage compare "
            f"{folder / 'study.yaml'}' or 'bocage report {folder}' first"
        )
    check_study(folder)
    console = opt.console()
    console.print(f"page: {page}", soft_wrap=True)
    if not has_display():
        console.print("no browser was opened: this session has no display", soft_wrap=True)
        return
    try:
        opener = webbrowser.get()
    except webbrowser.Error:
        opener = None
    name = getattr(opener, "basename", "")
    if opener is None or name in TEXT_BROWSERS or not opener.open(page.resolve().as_uri()):
        console.print("no browser was opened: none was found that can show it", soft_wrap=True)


def has_display() -> bool:
    """Whether there is a screen for a browser, as far as a session says."""
    if sys.platform in ("win32", "darwin"):
        return "SSH_CONNECTION" not in os.environ or sys.platform == "win32"
    # A user's own choice may need no screen.
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
