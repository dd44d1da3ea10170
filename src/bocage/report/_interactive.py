"""The interactive map: labels, held-out errors and the classified map in one file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from bocage.colours import legend_for
from bocage.core import Output, check_outputs, counted, part_of, printable, write_atomic
from bocage.mapping.outputs import Ramp, paint, ramp_for, value_layer
from bocage.report._basemap import LIMIT, NOTHING, Under, picture_of, raster_under
from bocage.report._content import ReportContent
from bocage.report._leaflet import hash_of, json_in_page, leaflet
from bocage.report._style import SERIES, WRONG
from bocage.sources import unrolled
from bocage.study import HeldOut, Study

MOST_POINTS = 20_000
"""Labels that are drawn; errors first, others at random."""

MOST_LISTED = 200
"""Errors in the list beside the map."""

_SHADES = NOTHING


def interactive_path(page: Path) -> Path:
    """Return where the interactive map is written, beside a page and called after it."""
    name = "map" if page.name in ("report.html", "report.htm") else f"{page.stem}_map"
    return page.with_name(f"{name}.html")


def write_interactive(
    study: Study,
    content: ReportContent,
    found: HeldOut,
    path: Path,
    raster: Path | None = None,
    *,
    listed: str = "",
) -> Path:
    """Write the interactive map; a reader never sees half of it.

    Parameters
    ----------
    study : Study
        Whose samples have coordinates.
    content : ReportContent
    found : HeldOut
        What the page's map of errors shows.
    path : Path
    raster : Path, optional
        Map under the labels; the one in the study's folder unless given.
    listed : str
        Name of the file that lists all errors; empty without.

    Raises
    ------
    DataError
        If the raster can't be read, or is no map of the study's target.
    SettingsError
        If another kind of file stands there, or several maps could be meant.
    StoreError
        If the file can't be written.
    """
    check_outputs([Output(path, "page (HTML)")], ())
    under = raster_under(study, raster)
    write_atomic(path, interactive(study, content, found, under, listed=listed))
    return path


def interactive(
    study: Study,
    content: ReportContent,
    found: HeldOut,
    raster: Path | None = None,
    *,
    listed: str = "",
) -> str:
    """Make the interactive map as one HTML page that asks for nothing.

    The page's policy allows no request, and no script but the two that Bocage has put there:
    names in the data can do neither. Data are JSON in which no ``<`` stands.

    Parameters
    ----------
    study : Study
    content : ReportContent
    found : HeldOut
    raster : Path, optional
        Map under the labels.
    listed : str
        Name of the file that lists all errors; empty without.

    Returns
    -------
    str
    """
    task = study.task
    shown, order = _shown(study, found)
    lonlat = task.lonlat[shown]
    lon = unrolled(lonlat[:, 0])
    ramp = None if task.kind.has_classes else _ramp(study)
    under = None if raster is None else picture_of(raster, float(lon.mean()), ramp)
    colours = _class_colours(task.classes, under) if ramp is None else _shades(ramp)
    data = {
        "points": _points(study, found, shown, lon, ramp),
        "order": order,
        "classes": list(task.classes),
        "colours": colours,
        "groups": list(dict.fromkeys(found.group.tolist())),
        "folds": list(dict.fromkeys(found.fold.tolist())),
        "heldOut": content.noun.one,
        "number": ramp is not None,
        "typical": None if ramp is None else _plain(found.typical),
        "high": WRONG,
        "low": SERIES[0],
        "under": None
        if under is None
        else {"picture": under.picture, "bounds": list(under.bounds)},
    }
    return _page(study, content, found, data, shown, under, ramp, listed)


def _shown(study: Study, found: HeldOut) -> tuple[NDArray[np.int64], list[int]]:
    """Choose the samples that are drawn, and the places of the errors among them, worst first."""
    task = study.task
    drawable = np.abs(task.lonlat[:, 1]) <= LIMIT
    worst = found.rows[found.worst_first(has_classes=task.kind.has_classes)]
    first = list(dict.fromkeys(row for row in worst.tolist() if drawable[row]))[:MOST_POINTS]
    rest = np.setdiff1d(np.flatnonzero(drawable), first)
    room = MOST_POINTS - len(first)
    if len(rest) > room:
        rest = np.sort(np.random.default_rng(0).choice(rest, room, replace=False))
    shown = np.concatenate([np.array(first, np.int64), rest])
    return shown, list(range(len(first)))


def _points(
    study: Study,
    found: HeldOut,
    shown: NDArray[np.int64],
    lon: NDArray[np.float64],
    ramp: Ramp | None,
) -> dict[str, list[Any]]:
    """Put what is known of each sample into columns; null where it was not tested."""
    task = study.task
    # A sample that several folds test is shown as the first of them has it.
    at = np.full(len(task), -1)
    at[found.rows[::-1]] = np.arange(len(found))[::-1]
    place = at[shown]
    tested = place >= 0
    groups = {name: i for i, name in enumerate(dict.fromkeys(found.group.tolist()))}
    folds = {name: i for i, name in enumerate(dict.fromkeys(found.fold.tolist()))}

    def known(values: Sequence[Any]) -> list[Any]:
        return [
            values[i] if there else None
            for i, there in zip(place.tolist(), tested.tolist(), strict=True)
        ]

    truth = task.target[shown]
    columns: dict[str, list[Any]] = {
        "lon": lon.round(6).tolist(),
        "lat": task.lonlat[shown, 1].round(6).tolist(),
        "row": (task.row[shown] + 1).tolist(),
        "group": known([groups[name] for name in found.group.tolist()]),
        "fold": known([folds[name] for name in found.fold.tolist()]),
    }
    if ramp is not None:
        low, high = ramp.limits
        share = np.clip((truth - low) / (high - low), 0, 1) * (_SHADES - 1)
        return columns | {
            "code": np.rint(share).astype(int).tolist(),
            "truth": [_plain(value) for value in truth],
            "said": known([_plain(value) for value in found.predicted]),
        }
    wrong = (found.truth != found.predicted).astype(int).tolist()
    columns |= {
        "code": truth.tolist(),
        "said": known(found.predicted.tolist()),
        "wrong": known(wrong),
    }
    if task.kind.classifies_samples:
        columns |= {
            "p": known([_plain(value) for value in found.confidence]),
            "q": known([_plain(value) for value in found.true_probability]),
            "doubt": known(found.doubtful.astype(int).tolist()),
            "draws": known(found.draws.tolist()),
            "drawsWrong": known(found.draws_wrong.tolist()),
        }
    return columns


def _plain(value: Any) -> float | None:
    """Return a number of JSON with four figures; None where it is not known."""
    return float(f"{float(value):.4g}") if np.isfinite(value) else None


def _ramp(study: Study) -> Ramp:
    target = study.task.target
    low, high = np.percentile(target, [2, 98])
    return ramp_for(value_layer("value"), (float(low), float(high)))


def _shades(ramp: Ramp) -> list[str]:
    low, high = ramp.limits
    shades = paint(np.linspace(low, high, _SHADES), ramp).tolist()
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in shades]


def _class_colours(classes: Sequence[str], under: Under | None) -> list[str]:
    """Give each class the colour that it has on maps; on this very map, where it has it."""
    if len(classes) > NOTHING:
        return [SERIES[i % len(SERIES)] for i in range(len(classes))]
    usual = dict(zip(classes, legend_for(classes).colours, strict=True))
    if under is not None:
        usual |= dict(zip(under.names, under.colours, strict=True))
    return [usual[name] for name in classes]


def _page(
    study: Study,
    content: ReportContent,
    found: HeldOut,
    data: dict[str, Any],
    shown: NDArray[np.int64],
    under: Under | None,
    ramp: Ramp | None,
    listed: str,
) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("bocage.report", "")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    style, _, _ = loader.get_source(environment, "map.css")
    script, _, _ = loader.get_source(environment, "map.js")
    library, look = leaflet()
    scripts = [text.strip() for text in (library, script)]
    task = study.task
    said = data["points"].get("doubt", [])
    low, high = ramp.limits if ramp is not None else (0.0, 0.0)
    codes = task.target[shown] if ramp is None else np.zeros(0, np.int64)
    counts = np.bincount(codes, minlength=task.n_classes)
    return environment.get_template("map.html").render(
        title=printable(f"{content.title}: map of labels and errors"),
        lines=[printable(line) for line in _lines(study, found, len(shown))],
        synthetic=content.synthetic,
        unfinished=content.unfinished.sentence if content.unfinished is not None else "",
        number=ramp is not None,
        low=f"{low:.3g}",
        high=f"{high:.3g}",
        gradient=", ".join(data["colours"][:: _SHADES // 8]) if ramp is not None else "",
        classes=[
            (printable(name), colour, int(n))
            for name, colour, n in zip(task.classes, data["colours"], counts, strict=False)
        ],
        n_errors=len(data["order"]),
        n_doubtful=sum(filter(None, said)),
        n_listed=min(MOST_LISTED, len(data["order"])),
        groups=[printable(name) for name in data["groups"]],
        errors_file=printable(listed),
        under=None if under is None else printable(under.name),
        data=Markup(json_in_page(data)),  # noqa: S704 - holds no `<`
        style=Markup(look + style),  # noqa: S704 - files of our own and of a library
        scripts=[Markup(text) for text in scripts],  # noqa: S704 - the same
        hashes=" ".join(f"'sha256-{hash_of(text)}'" for text in scripts),
    )


def _lines(study: Study, found: HeldOut, n_shown: int) -> list[str]:
    """Say what is shown, and what is not."""
    task = study.task
    made = []
    if len(found):
        what = f"{found.method} on held-out {task.kind.units} ({found.place}, {found.budget})"
        if task.kind.has_classes:
            n = int((found.truth != found.predicted).sum())
            one = task.kind.units.removesuffix("s")
            made.append(f"Errors of {what}: {part_of(n, len(found), one)} predicted wrongly.")
        else:
            made.append(f"Residuals of {what}: prediction minus truth.")
    else:
        made.append("No finished run has tested these labels yet.")
    if len(found) and task.kind.classifies_samples and not found.judged_in:
        made.append(
            "Suspect labels are identified by models trained in the place: no "
            "such run of "
            "this method is finished."
        )
    beyond = int((np.abs(task.lonlat[:, 1]) > LIMIT).sum())
    if beyond:
        made.append(
            f"Not drawn: {counted(beyond, 'label')} beyond 85° north or south, where this map "
            "projection ends."
        )
    if n_shown < len(task) - beyond:
        made.append(
            f"Drawn: {n_shown:,} of {counted(len(task), 'label')}, errors before others, which are "
            "chosen at random."
        )
    return made
