"""A folder in which TerraTorch trains a method of ours."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import StoreError, not_written, progress, write_atomic
from bocage.methods._method import Method
from bocage.methods._views import Views
from bocage.methods.exports._config import IMAGES, MASKS, SPLITS, terratorch_config
from bocage.methods.exports._feed import Feed, feed_of
from bocage.methods.exports._notes import header
from bocage.methods.exports._training import NetworkTraining
from bocage.tasks import Task

CONFIG = "config.yaml"


def write_terratorch(
    folder: Path,
    method: Method,
    views: Views,
    training: NetworkTraining,
    *,
    title: str,
    weights: Path | None = None,
) -> Path:
    """Write what ``terratorch fit -c config.yaml`` needs, and return the configuration.

    Chips and masks are GeoTIFFs in ``chips/images`` and ``chips/masks``, named by their row in the
    task; ``splits`` lists those that are learned from, the inner folds, and those of each test.

    Parameters
    ----------
    folder : Path
        New, or empty.
    method : Method
    views : Views
    training : NetworkTraining
    title : str
        First words of the comment above the configuration.
    weights : Path, optional
        A file of pretrained weights; TerraTorch fetches them itself unless given.

    Raises
    ------
    BocageError
        If TerraTorch can't express the method, or the folder holds something or can't be written.
    """
    import yaml

    feed = feed_of(method, views, training.rows)
    config = terratorch_config(method, views, training, feed=feed, weights=weights)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise StoreError(
            f"{str(folder)!r} already exists and is not an empty folder; expected a new or empty "
            "folder: choose another one with -o"
        )
    text = yaml.safe_dump(
        config, sort_keys=False, allow_unicode=True, default_flow_style=None, width=100
    )
    _write_chips(folder, feed, views.task, training)
    for name, rows in _splits(training).items():
        write_atomic(folder / SPLITS / f"{name}.txt", "".join(f"{_stem(r)}\n" for r in rows))
    # Last: a folder that was not finished has no configuration.
    path = folder / CONFIG
    write_atomic(path, f"{header(method, feed, training, title)}\n{text}")
    return path


def _stem(row: int) -> str:
    return f"{row:06d}"


def _splits(training: NetworkTraining) -> dict[str, list[int]]:
    made = {"train": training.rows}
    for number, (learn, held) in enumerate(training.inner.folds, start=1):
        made[f"inner{number}-train"] = training.rows[learn]
        made[f"inner{number}-val"] = training.rows[held]
    made = {name: rows[np.isin(rows, training.learned)] for name, rows in made.items()}
    made |= {f"test-{domain}": rows for domain, rows in training.tests.items()}
    return {name: rows.tolist() for name, rows in made.items()}


def _write_chips(folder: Path, feed: Feed, task: Task, training: NetworkTraining) -> None:
    from rasterio.errors import RasterioError

    assert task.masks is not None  # noqa: S101 - asked by `feed_of`
    names = [band for _ in range(feed.dates) for band in feed.bands]
    rows = np.unique(np.concatenate([training.learned, *training.tests.values()]))
    learned = set(training.learned.tolist())
    try:
        for part in (IMAGES, MASKS):
            (folder / part).mkdir(parents=True, exist_ok=True)
        with progress("chips for TerraTorch", len(rows)) as advance:
            for row in rows.tolist():
                about = _place(task, row)
                (chip,) = feed.take(np.array([row]))
                _write(folder / IMAGES / f"{_stem(row)}.tif", chip, names, about)
                # No value stands for nodata: TerraTorch would read it as not a number.
                is_hidden = training.masks is not None and row in learned
                masks = training.masks if is_hidden else task.masks
                mask = np.asarray(masks)[row][None].astype(np.int16)
                _write(folder / MASKS / f"{_stem(row)}.tif", mask, ["class"], about)
                advance(1)
    except (OSError, RasterioError) as error:
        raise not_written(f"chips to {folder}", error) from error


def _place(task: Task, row: int) -> dict[str, Any]:
    """Lay a chip around its centre, north up, in metres of its own."""
    from rasterio import Affine

    lon, lat = task.lonlat[row].tolist()
    height, width = task.masks.shape[1:] if task.masks is not None else (0, 0)
    step = task.pixel_metres
    return {
        "crs": f"+proj=aeqd +lat_0={lat:.7f} +lon_0={lon:.7f} +datum=WGS84 +units=m",
        "transform": Affine(step, 0, -width * step / 2, 0, -step, height * step / 2),
    }


def _write(path: Path, values: NDArray[Any], names: list[str], about: dict[str, Any]) -> None:
    import rasterio

    count, height, width = values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=count,
        height=height,
        width=width,
        dtype=values.dtype.name,
        compress="deflate",
        **about,
    ) as file:
        file.write(values)
        file.descriptions = names
