"""How fast are maps?  Bocage beside plain loops, side by side in one run.

    python benchmarks/map_speed.py [--threads 2] [--large] [--noise 2]
                                   [--only linear,profile,trees,sample,agreement]

Synthetic files in the layout of AlphaEarth's (int8, 64 bands stored apart, ZSTD, blocks of 1024,
first row in the south): 2048 x 2048 pixels, and 8192 x 8192 with `--large`. Fields of 16 x 16
pixels share one vector; each number is then moved by up to `--noise` codes, which decides how well
the file can be compressed, and so how fast it is decoded. Labels are pixels of that file, in nine
classes that a tree can learn. Each measurement runs in a process of its own, so
that its peak memory is its own; the compiled kernels are warmed before the clock starts. Rates are
millions of pixels a second, of the median of three runs. What Bocage does includes writing the
pixels to disk (not the last step, the copy to a cloud-optimised file, which is timed apart); the
plain loops write nothing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.data.alphaearth import codes, write_large

N_CLASSES, N_LABELS, N_TREES, N_POINTS, N_AREAS = 9, 2_000, 100, 10_000, 1_000
ROUNDS = 3
SUBSET = (3, 11, 24, 40, 59)


def labels() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return vectors like those of the file, with classes that follow from some of their bands."""
    from bocage.sources import AEF_CODING

    values = AEF_CODING.decode(codes(N_LABELS, seed=1)).T
    score = values[:, list(SUBSET)] @ np.random.default_rng(2).normal(size=(5, N_CLASSES))
    return values, score.argmax(axis=1)


def head(name: str, bands: tuple[int, ...] = ()) -> Any:
    """Fit one of Bocage's heads; on some bands only where they are given."""
    from bocage.methods import Head

    X, y = labels()
    if bands:
        X = X[:, list(bands)]
    params = {"n_estimators": N_TREES} if name in {"forest", "xgboost", "lightgbm"} else None
    return Head(name, "classification", params, N_CLASSES, np.zeros(X.shape[1], bool), 0).fit(X, y)


def model(name: str, bands: tuple[int, ...] = ()) -> Any:
    """Return a model that can be mapped with."""
    from bocage.models import Applicability, MapModel, Training, training_prior
    from bocage.sources import AEF_BANDS, AEF_CODING

    X, y = labels()
    chosen = bands or tuple(range(64))
    counts = np.bincount(y, minlength=N_CLASSES)
    return MapModel(
        head(name, bands),
        tuple(AEF_BANDS[i] for i in chosen),
        AEF_CODING,
        "synthetic",
        Training(tuple(int(count) for count in counts)),
        classes=tuple(f"class {i}" for i in range(N_CLASSES)),
        prior=tuple(training_prior(name, counts)),
        applicability=Applicability.fit(
            X[:, list(chosen)], np.arange(len(X)) % 5, max_rows=N_AREAS
        ),
    )


def windows(path: Path) -> Iterator[Any]:
    """Give the file's blocks."""
    import rasterio

    with rasterio.open(path) as source:
        yield from (window for _, window in source.block_windows(1))


def loop(
    path: Path,
    threads: int,
    call: Callable[[NDArray[np.int8]], Any],
    some: list[Any] | None = None,
) -> float:
    """Read all windows, or some, in threads and hand each to a call; return the seconds."""
    import threading

    import rasterio
    from threadpoolctl import threadpool_limits

    own = threading.local()

    def one(window: Any) -> None:
        if not hasattr(own, "source"):
            own.source = rasterio.open(path)
        call(own.source.read(window=window).reshape(64, -1))

    todo = list(windows(path)) if some is None else some
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool, rasterio.Env(GDAL_CACHEMAX=64):
        start = time.perf_counter()
        list(pool.map(one, todo))
        return time.perf_counter() - start


def whole_array(path: Path) -> float:
    """The plain way: read all, decode, reshape, predict."""
    import rasterio

    estimator = head("logistic").estimator_
    start = time.perf_counter()
    with rasterio.open(path) as source:
        stored = source.read()
    values = np.sign(stored) * (stored.astype(np.float64) / 127.5) ** 2
    estimator.predict(values.reshape(64, -1).T)
    return time.perf_counter() - start


def fastest_plain(path: Path, threads: int) -> float:
    """Plain NumPy over the same windows: decode in float32, one product, the largest score."""
    estimator = head("logistic").estimator_
    weight = estimator.coef_.astype(np.float32) / np.float32(127.5**2)
    bias = estimator.intercept_.astype(np.float32)[:, None]

    def call(stored: NDArray[np.int8]) -> None:
        values = stored.astype(np.float32)
        values *= np.abs(values)
        (weight @ values + bias).argmax(axis=0).astype(np.uint8)

    return loop(path, threads, call)


def library(path: Path, threads: int, name: str) -> float:
    """The library's own predict in the same loop."""
    estimator = head(name).estimator_

    def call(stored: NDArray[np.int8]) -> None:
        values = stored.astype(np.float32)
        values *= np.abs(values) / np.float32(127.5**2)
        estimator.predict(values.T)

    return loop(path, threads, call)


def ours(
    path: Path, threads: int, name: str, layers: tuple[str, ...], bands: Any
) -> dict[str, float]:
    """Bocage: windows to drafts on disk; then the copy to cloud-optimised files, timed apart."""
    from bocage.mapping import MapRequest, _make, make_map
    from bocage.sources import open_source

    made = model(name, tuple(bands))
    raster = open_source(path)
    seconds: dict[str, float] = {}
    paint = _make.paint

    def timed(*args: Any, **settings: Any) -> None:
        start = time.perf_counter()
        paint(*args, **settings)
        seconds["paint"] = time.perf_counter() - start

    _make.paint = timed
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        start = time.perf_counter()
        make_map(made, raster, Path(folder) / "map.tif", MapRequest(layers), workers=threads)
        seconds["all"] = time.perf_counter() - start
    return seconds


def warm(name: str, folder: Path, layers: tuple[str, ...], bands: Any) -> None:
    """Compile the kernels on a small file."""
    path = folder / "small.tif"
    if not path.exists():
        write_large(path, 64, block=32)
    ours(path, 1, name, layers, bands)


def clustered_points(path: Path) -> NDArray[np.float64]:
    """Points in a few places, as labels lie."""
    import rasterio

    rng = np.random.default_rng(5)
    with rasterio.open(path) as source:
        box = source.bounds
    # The first row lies in the south: the "bottom" of the file is its north.
    south, north = sorted((box.bottom, box.top))
    low, high = (box.left + 500, south + 500), (box.right - 500, north - 500)
    centres = rng.uniform(low, high, (20, 2))
    return centres[rng.integers(20, size=N_POINTS)] + rng.normal(0, 150, (N_POINTS, 2))


def blocks_of(path: Path) -> list[Any]:
    """List the windows of the file's blocks that hold one of these points."""
    import rasterio

    points = clustered_points(path)
    with rasterio.open(path) as source:
        height, width = source.block_shapes[0]
        held = {
            (int(row) // height, int(column) // width)
            for row, column in (source.index(x, y) for x, y in points)
        }
        return [window for at, window in source.block_windows(1) if at in held]


def sample(path: Path, threads: int, *, plain: bool) -> float:
    """Read the pixels at clustered points."""
    points = clustered_points(path)
    if plain:
        import rasterio

        start = time.perf_counter()
        with rasterio.open(path) as source:
            list(source.sample(points))
        return time.perf_counter() - start
    from bocage.sources import open_source, sample_points

    start = time.perf_counter()
    raster = open_source(path)
    sample_points(raster, points, raster.grid.crs, threads=threads)
    return time.perf_counter() - start


def forget_peak() -> None:
    """Start counting anew: a process begins with the largest memory of the one that made it."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes() -> float:
    """Return the largest memory since then."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measure(what: dict[str, Any]) -> dict[str, float]:
    """Do one measurement in this process."""
    forget_peak()
    path, threads = Path(what["path"]), int(what["threads"])
    kind, name = what["kind"], what.get("name", "")
    layers, bands = tuple(what.get("layers", ())), tuple(what.get("bands", ()))
    if kind == "ours":
        warm(name, path.parent, layers, bands)
        found = ours(path, threads, name, layers, bands)
    else:
        calls: dict[str, Callable[[], float]] = {
            "whole": lambda: whole_array(path),
            "fastest": lambda: fastest_plain(path, threads),
            "decode": lambda: loop(path, threads, lambda _: None),
            "library": lambda: library(path, threads, name),
            "sample-decode": lambda: loop(path, threads, lambda _: None, blocks_of(path)),
            "sample": lambda: sample(path, threads, plain=False),
            "sample-plain": lambda: sample(path, threads, plain=True),
        }
        found = {"paint": calls[kind]()}
    found["megabytes"] = peak_megabytes()
    return found


def run(path: Path, threads: int, kind: str, rounds: int = ROUNDS, **more: Any) -> dict[str, float]:
    """Measure in new processes; return medians, and the largest memory."""
    what = {"path": str(path), "threads": threads, "kind": kind, **more}
    found = []
    for _ in range(rounds):
        command = [sys.executable, __file__, "--measure", json.dumps(what)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    made = {key: float(np.median([item[key] for item in found])) for key in found[0]}
    made["megabytes"] = max(item["megabytes"] for item in found)
    return made


def show(title: str, pixels: float, found: dict[str, float], against: str = "") -> float:
    """Print one line; return the rate."""
    rate = pixels / found["paint"] / 1e6
    rest = f", with the copy to COG {pixels / found['all'] / 1e6:.2f}" if "all" in found else ""
    print(
        f"{title:44s} {rate:8.2f} Mpx/s{rest}  {found['megabytes']:7.0f} MB  {against}", flush=True
    )
    return rate


def linear(path: Path, threads: int, *, large: bool) -> None:
    """Linear heads: classes, confidence, probabilities, applicability, five bands."""
    import rasterio

    with rasterio.open(path) as source:
        pixels = source.width * source.height
    rounds = 1 if large else ROUNDS
    whole = 0.0
    if not large:
        whole = show("plain: whole array, scikit-learn", pixels, run(path, threads, "whole"))
    fastest = show(
        "plain: fastest loop over windows", pixels, run(path, threads, "fastest", rounds)
    )
    decode = show("decoding alone", pixels, run(path, threads, "decode", rounds))
    found = run(path, threads, "ours", rounds, name="logistic")
    rate = pixels / found["paint"] / 1e6
    told = f"{rate / fastest:.1f} x fastest loop, {rate / decode:.2f} of decoding"
    show(
        "linear: class",
        pixels,
        found,
        (f"{rate / whole:.0f} x whole array, " if whole else "") + told,
    )
    for layers in (["confidence"], ["confidence", "probability"], ["applicability"]):
        show(f"linear: class, {', '.join(layers)}", pixels,
             run(path, threads, "ours", rounds, name="logistic", layers=layers))  # fmt: skip
    found = run(path, threads, "ours", rounds, name="logistic", bands=SUBSET)
    show(
        "linear: class, from 5 bands",
        pixels,
        found,
        f"{pixels / found['paint'] / 1e6 / rate:.1f} x 64 bands",
    )


def profile(path: Path) -> None:
    """Say where the time of a linear map goes, on one thread: milliseconds a megapixel."""
    import rasterio
    from threadpoolctl import threadpool_limits

    from bocage.predict import kernel_of
    from bocage.sources import AEF_CODING, Window, open_source

    kernel = kernel_of(head("logistic"), AEF_CODING, "int8")
    weight = head("logistic").estimator_.coef_.astype(np.float32)
    raster = open_source(path)
    spent = dict.fromkeys(("decode", "find no data", "kernel", "its product alone"), 0.0)
    pixels = 0
    with threadpool_limits(1), rasterio.Env(GDAL_CACHEMAX=64, GDAL_NUM_THREADS=1):
        for window in windows(path):
            place = Window(window.row_off, window.col_off, window.height, window.width)
            marks = [time.perf_counter()]
            stored = raster.read(place).reshape(64, -1)
            marks.append(time.perf_counter())
            AEF_CODING.missing(stored)
            marks.append(time.perf_counter())
            kernel.classes(stored)
            marks.append(time.perf_counter())
            values = np.ones((64, 2048), np.float32)
            marks.append(time.perf_counter())
            for _ in range(stored.shape[1] // 2048):
                weight @ values
            marks.append(time.perf_counter())
            steps = np.diff(marks)
            for name, seconds in zip(spent, steps[[0, 1, 2, 4]], strict=True):
                spent[name] += seconds
            pixels += stored.shape[1]
    raster.close()
    told = ", ".join(f"{name} {1e9 * seconds / pixels:.1f}" for name, seconds in spent.items())
    print(f"linear map, one thread, ms a megapixel: {told}", flush=True)


def trees(path: Path, threads: int) -> None:
    """Tree heads beside their libraries."""
    pixels = 2048**2
    for name in ("forest", "lightgbm", "xgboost"):
        plain = show(
            f"{name}: the library's predict", pixels, run(path, threads, "library", 1, name=name)
        )
        found = run(path, threads, "ours", name=name)
        rate = pixels / found["paint"] / 1e6
        show(f"{name}: class", pixels, found, f"{rate / plain:.2f} x library")


def points(path: Path, threads: int) -> None:
    """Clustered points."""
    plain = run(path, threads, "sample-plain", 1)["paint"]
    found = run(path, threads, "sample")["paint"]
    decode = run(path, threads, "sample-decode")["paint"]
    print(
        f"{N_POINTS:,} clustered points in {len(blocks_of(path))} blocks: plain {plain:.2f} s, "
        f"Bocage {found:.2f} s, {plain / found:.1f} x; decoding these blocks alone {decode:.2f} s, "
        f"{plain / decode:.1f} x"
    )


def agreement(path: Path) -> None:
    """Count the pixels that a kernel and the library behind it put into other classes."""
    from bocage.predict import disagreements, kernel_of
    from bocage.sources import AEF_CODING, Window, open_source

    raster = open_source(path)
    for name, side in (("logistic", 1024), ("forest", 1024), ("xgboost", 1024), ("lightgbm", 256)):
        stored = raster.read(Window(512, 512, side, side)).reshape(64, -1)
        made = head(name)
        found = disagreements(kernel_of(made, AEF_CODING, "int8"), made, AEF_CODING, stored)
        print(
            f"{name}: {found.pixels:,} pixels, {found.different} of another class than the "
            f"library's, {found.unexplained} of these no ties within 1e-6",
            flush=True,
        )
    raster.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--noise", type=int, default=2)
    parser.add_argument("--only", default="linear,profile,trees,sample,agreement")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(json.loads(asked.measure))))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        paths = {side: Path(folder) / f"aef-{side}.tif" for side in (2048, 8192)}
        write_large(paths[2048], 2048, noise=asked.noise)
        print(
            f"{paths[2048].stat().st_size / 2048**2 / 64:.2f} bytes a number, "
            f"{asked.threads} threads"
        )
        if "linear" in asked.only:
            print("2048 x 2048:")
            linear(paths[2048], asked.threads, large=False)
        if "profile" in asked.only:
            profile(paths[2048])
        if "trees" in asked.only:
            trees(paths[2048], asked.threads)
        if "sample" in asked.only:
            points(paths[2048], asked.threads)
        if "agreement" in asked.only:
            agreement(paths[2048])
        if asked.large:
            write_large(paths[8192], 8192, noise=asked.noise)
            print("8192 x 8192:")
            if "linear" in asked.only:
                linear(paths[8192], asked.threads, large=True)
            if "sample" in asked.only:
                points(paths[8192], asked.threads)


if __name__ == "__main__":
    main()
