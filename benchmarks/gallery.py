"""The studies of docs/gallery.md: run them, and write what they say into the page.

    python benchmarks/gallery.py [NAME ...] [--folder studies] [-j PROCESSES]

Each study is docs/studies/gallery-NAME.yaml. Between the marks `printed: NAME` and `end` of the
page stand its verdict and its scores; the figure goes to docs/gallery/NAME.svg. Nothing there is
typed by hand. Meuse and columbus are read from the packages scikit-gstat and libpysal, where these
are installed (`pip install --no-deps scikit-gstat libpysal`); neither is imported.
"""

import argparse
import importlib.util
import math
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

from bocage.core import BocageError, counted
from bocage.report import ReportContent, Score, content_of
from bocage.study import Workers, prepare, read_settings

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "gallery"
NAMES = ("four-regions", "fuel-moisture", "flood-spain", "meuse", "columbus")
DOMAINS = {
    "out": ("#0b6e4f", "o"),
    "local": ("#c8553d", "s"),
    "random": ("#8d99ae", "D"),
}
TITLES = {"balanced_accuracy": "balanced accuracy", "r2": "R²", "miou": "mean IoU"}


def file_of(package: str, *inside: str) -> Path:
    """Find a file that a package carries, without running the package."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"{package} is not installed: see the first lines of this script")
    return Path(found.submodule_search_locations[0]).joinpath(*inside)


def write_meuse() -> None:
    """Write measurements with the distance to the river (0 to 1), and the outline around them."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from shapely import concave_hull

    table = pd.read_csv(file_of("skgstat", "data", "samples", "meuse.txt"))
    made = table[["x", "y", "elev"]].assign(
        dist_sqrt=np.sqrt(table["dist"]), log_zinc=np.log(table["zinc"])
    )
    made.to_csv("meuse.csv", index=False)
    points = gpd.GeoSeries.from_xy(table["x"], table["y"], crs=28992)
    plain = concave_hull(points.union_all(), 0.3).buffer(100)
    gpd.GeoSeries([plain], crs=28992).to_file("meuse-plain.geojson")


def write_columbus() -> None:
    """Write the indicators of each neighbourhood and the quarter of the town that it lies on."""
    import geopandas as gpd
    import numpy as np

    table = gpd.read_file(file_of("libpysal", "examples", "columbus", "columbus.shp"))
    parts = [
        np.where(table["NSA"] == 1, "north", "south"),
        np.where(table["EW"] == 1, "east", "west"),
    ]
    table["quarter"] = ["-".join(pair) for pair in zip(*parts, strict=True)]
    names = {"CRIME": "crime", "INC": "income", "HOVAL": "house_value", "quarter": "quarter"}
    table[list(names)].rename(columns=names).to_csv("columbus.csv", index=False)


WRITE: dict[str, Callable[[], None]] = {"meuse": write_meuse, "columbus": write_columbus}


def draw(content: ReportContent, path: Path) -> None:
    """Draw the score of each method with all labels, place by place, with its 95 % interval."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    found = {(s.method, s.domain): s.score for s in _of_page(content)}
    methods = [m.name for m in content.methods if any(key[0] == m.name for key in found)]
    domains = [name for name in DOMAINS if any(key[1] == name for key in found)]
    with rc_context({"svg.hashsalt": path.stem, "font.family": "DejaVu Sans", "font.size": 9}):
        figure = Figure(figsize=(5.6, 0.9 + 0.4 * len(methods)), layout="constrained")
        axes = figure.subplots()
        for number, domain in enumerate(domains):
            colour, marker = DOMAINS[domain]
            shift = 0.2 * (number - (len(domains) - 1) / 2)
            for row, method in enumerate(methods):
                score = found.get((method, domain))
                if score is None or math.isnan(score.value):
                    continue
                axes.plot([score.low, score.high], [row + shift] * 2, color=colour, linewidth=1.2)
                axes.plot(score.value, row + shift, marker, color=colour, markersize=5)
            axes.plot([], [], marker, color=colour, label=domain)
        values = [one.value for one in found.values() if not math.isnan(one.value)]
        room = 0.35 * (max(values) - min(values))
        axes.set_xlim(max(axes.get_xlim()[0], min(values) - room), None)
        axes.set_yticks(range(len(methods)), methods)
        axes.invert_yaxis()
        axes.set_xlabel(f"{_title(content)}, {content.full.label}")
        axes.grid(axis="x", color="#e3e6ea", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside upper left", ncols=len(domains), frameon=False)
        path.parent.mkdir(exist_ok=True)
        figure.savefig(path, facecolor="white", metadata={"Date": None})


def _title(content: ReportContent) -> str:
    return TITLES.get(content.metric, content.metric.replace("_", " "))


def _of_page(content: ReportContent) -> list[Score]:
    """Return the main scores at the largest budget."""
    full = str(content.full)
    return [s for s in content.scores if s.metric == content.metric and s.budget == full]


def lines(content: ReportContent, name: str, *, quick: bool) -> list[str]:
    """Write what the page says: the verdict, and a table of the main score."""
    said = content.verdict.sentence if content.verdict else "No verdict."
    found = {
        (s.method, s.domain, s.budget): s.score for s in content.scores if _is_main(s, content)
    }
    columns = [
        (domain, str(budget))
        for domain in DOMAINS
        for budget in content.budgets
        if any(key[1:] == (domain, str(budget)) for key in found)
    ]
    heads = [f"`{domain}`, {budget}" for domain, budget in columns]
    made = [f"> {said}", ""]
    if quick:
        made += ["The quick answer (`--quick`): one draw of the labels.", ""]
    made += [f"{_title(content)[:1].upper()}{_title(content)[1:]} by regime and budget:", ""]
    made += [f"| method | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    for method in content.methods:
        cells = [found.get((method.name, *column)) for column in columns]
        words = ["" if c is None or math.isnan(c.value) else _number(c.value) for c in cells]
        made.append(f"| `{method.name}` | {' | '.join(words)} |")
    return [*made, "", f"![Scores of every method: {name}](gallery/{name}.svg)"]


def _number(value: float) -> str:
    # No minus before a zero.
    return f"{round(value, 2) + 0.0:.2f}"


def _is_main(score: Score, content: ReportContent) -> bool:
    return score.metric == content.metric


def put(name: str, printed: list[str]) -> None:
    """Put what was printed between the marks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    first, last = f"<!-- printed: {name} -->", "<!-- end -->"
    pattern = re.compile(f"{re.escape(first)}.*?{re.escape(last)}", re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"{PAGE} has no marks for {name}")
    block = "\n".join([first, "", *printed, "", last])
    PAGE.write_text(pattern.sub(lambda _: block, page), encoding="utf-8")


def main() -> int:
    """Run the studies that are named, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--folder", type=Path, default=Path("studies"))
    parser.add_argument("--quick", action="store_true", help="the first answer of each study")
    parser.add_argument("-j", type=int, default=2, help="processes")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(asked.folder)
    for name in asked.names:
        settings = read_settings(ROOT / "docs" / "studies" / f"gallery-{name}.yaml")
        try:
            WRITE.get(name, lambda: None)()
            study = prepare(settings, Path(settings.title))
            print(f"{name}: {counted(study.n_missing, 'run')} to do", file=sys.stderr)
            study.run(Workers(asked.j), first_only=asked.quick)
            content = content_of(study)
        except BocageError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 2
        printed = lines(content, name, quick=study.n_missing > 0)
        draw(content, PICTURES / f"{name}.svg")
        put(name, printed)
        print("\n".join([f"## {name}", *printed, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
