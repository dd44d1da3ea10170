"""Links of the documents and of the built site: what they lead to is there.

    python docs/_site/links.py [SITE]

Addresses on the network are not opened: they are listed with `--outside`.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.MULTILINE | re.DOTALL)
LOADED = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}


def documents(root: Path = ROOT) -> list[Path]:
    """List the documents: those at the root, and all below `docs`."""
    below = sorted((root / "docs").glob("**/*.md"))
    # The first page of the site leads to pages that are made when it is built.
    return [*sorted(root.glob("*.md")), *(path for path in below if "_site" not in path.parts)]


def markdown_problems(root: Path = ROOT) -> list[str]:
    """Name the links of documents that lead nowhere."""
    found = []
    for page in documents(root):
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        text = re.sub(r"`[^`]*`", "", text)
        for target in LINK.findall(text):
            if urlsplit(target).scheme or target.startswith("{"):
                continue
            path, _, anchor = target.partition("#")
            to = (page.parent / unquote(path)) if path else page
            if not to.exists():
                found.append(f"{page.relative_to(root)}: {target} is not there")
            elif anchor and to.suffix == ".md" and anchor not in anchors(to):
                found.append(f"{page.relative_to(root)}: {target} has no such heading")
    return found


def anchors(page: Path) -> set[str]:
    """Return the anchors that a forge gives the headings of a page."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+\s+(.*?)\s*#*$", text, re.MULTILINE)
    made: set[str] = set()
    for head in heads:
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number, name = 0, slug
        while name in made:
            number += 1
            name = f"{slug}-{number}"
        made.add(name)
    return made


class _Page(HTMLParser):
    """What a page of HTML links to, what it loads, and what can be linked to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {value for key in ("id", "name") if (value := given.get(key))}
        if tag == "a" and (target := given.get("href")):
            self.links.append(target)
        # What stands in the head as the address of another page is named, and not loaded.
        named = tag == "link" and given.get("rel") in ("canonical", "next", "prev", "author")
        if tag in LOADED and not named and (target := given.get(LOADED[tag])):
            self.loaded.append(target)


def _parse(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def site_problems(site: Path) -> list[str]:
    """Name what the built site links to or loads, and is not in it."""
    pages = {path.resolve(): _parse(path) for path in sorted(site.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        where = path.relative_to(site.resolve())
        far = (one for one in page.loaded if urlsplit(one).scheme not in ("", "data"))
        found += [f"{where}: loads {target} from the network" for target in far]
        for target in (*page.links, *page.loaded):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            to = to / "index.html" if to.is_dir() else to
            if not to.exists():
                found.append(f"{where}: {target} is not there")
            elif parts.fragment and to in pages and parts.fragment not in pages[to].ids:
                found.append(f"{where}: {target} has no such anchor")
    return [*found, *_fetched(site)]


def _fetched(site: Path) -> Iterator[str]:
    """Name what styles and scripts of the site fetch from the network."""
    styles = re.compile(r"(?:@import|url\()\s*[\"']?(https?:[^\"')]+)")
    for path in sorted(site.rglob("*.css")):
        for target in styles.findall(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)}: loads {target} from the network"


def outside(site: Path) -> set[str]:
    """List the addresses on the network that pages link to."""
    pages = (_parse(path) for path in site.rglob("*.html"))
    return {link for page in pages for link in page.links if urlsplit(link).scheme}


def main() -> int:
    """Print the problems; exit with 1 where there are any."""
    named = [Path(name) for name in sys.argv[1:] if not name.startswith("--")]
    if "--outside" in sys.argv:
        print("\n".join(sorted({link for site in named for link in outside(site)})))
    found = [*markdown_problems(), *(p for site in named for p in site_problems(site))]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
