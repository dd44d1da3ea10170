"""A page within a notebook."""

import html

HEIGHT = 620
"""Of the frame, in pixels."""


def framed(page: str, title: str) -> str:
    """Put a page into a frame of its own, as it has styles of its own; it has no script."""
    return (
        f'<iframe sandbox="allow-same-origin" srcdoc="{html.escape(page, quote=True)}" '
        f'width="100%" height="{HEIGHT}" style="border:1px solid #ccc" '
        f'title="{html.escape(title, quote=True)}"></iframe>'
    )
