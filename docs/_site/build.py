"""Build the site: copy the documents, write those that are made from the code, run Sphinx, check.

    python docs/_site/build.py [FOLDER]

Warnings are errors. Nothing is fetched, neither now nor by a reader's browser.
"""

import os
import shutil
import sys
from pathlib import Path

import commands_page
import links
import notebook
import python_pages
import scores_page
import settings_page

DOCS = Path(__file__).parents[1]
BUILD = DOCS.parent / "build" / "docs"
SITE = DOCS.parent / "site"


def prepare(folder: Path = BUILD) -> Path:
    """Put all sources of the site into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DOCS, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py[co]"))
    for path, text in generated().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    index = (DOCS / "_site" / "index.md").read_text(encoding="utf-8")
    (folder / "index.md").write_text(index, encoding="utf-8")
    return folder


def generated() -> dict[str, str]:
    """Write the pages that are made from the code, by path below `docs`."""
    made = {
        "reference/settings.md": settings_page.page(),
        "reference/scores.md": scores_page.page(),
        "reference/commands.md": commands_page.page(),
    }
    made |= {f"reference/{path}": text for path, text in python_pages.pages().items()}
    for path in sorted((DOCS / "tutorial").glob("*.ipynb")):
        # Pages name a notebook by its file, and the forge shows that.
        made[f"tutorial/{path.stem}.md"] = notebook.to_markdown(notebook.read(path))
    return made


def build(site: Path = SITE) -> int:
    """Build and check; return the exit code."""
    from sphinx.cmd.build import main as sphinx

    os.environ.setdefault("BOCAGE_OFFLINE", "1")
    source = prepare()
    shutil.rmtree(site, ignore_errors=True)
    trees = source.parent / "doctrees"
    shutil.rmtree(trees, ignore_errors=True)
    code = sphinx(
        ["-q", "-W", "--keep-going", "-b", "html", "-d", str(trees), str(source), str(site)]
    )
    shutil.rmtree(site / ".doctrees", ignore_errors=True)
    problems = [*links.markdown_problems(), *links.site_problems(site)]
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    if not (code or problems):
        print(f"{site / 'index.html'}: {len(list(site.rglob('*.html')))} pages")
    return 1 if code or problems else 0


if __name__ == "__main__":
    sys.exit(build(*(Path(name).resolve() for name in sys.argv[1:2])))
