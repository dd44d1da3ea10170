"""What stands in a page with a map that asks no server for anything: Leaflet, data, hashes."""

import base64
import hashlib
import json
import re
from importlib.resources import files
from typing import Any


def json_in_page(data: dict[str, Any]) -> str:
    """Write JSON that ends no script, and holds no control character."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def hash_of(text: str) -> str:
    """Return the digest by which the page allows a script, SHA-256 in base 64."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def leaflet() -> tuple[str, str]:
    """Read Leaflet's script and style, without what they would ask for."""
    folder = files("xstatic.pkg.leaflet") / "data"
    script = (folder / "leaflet.js").read_text(encoding="utf-8")
    style = (folder / "leaflet.css").read_text(encoding="utf-8")
    script = re.sub(r"//# sourceMappingURL=\S+", "", script)
    return script, re.sub(r"url\([^)]*\)", "none", style)
