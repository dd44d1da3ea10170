"""Files of a former map, which would stand beside a new one as if they were its own."""

import filecmp
import os
from collections.abc import Iterable
from pathlib import Path

from bocage.mapping._output_paths import ENDINGS, about_main, is_written, layer_path, model_path
from bocage.mapping._request import LAYERS


def stale_layers(stage: Path, output: Path, read: Iterable[str | Path] = ()) -> tuple[Path, ...]:
    """Find layers that Bocage wrote beside a map which is about to be replaced by another one.

    Where the map itself stays the same to the last byte, they still belong to it.

    Parameters
    ----------
    stage : Path
        The new map, whose other files stand beside it.
    output : Path
        Where it goes.
    read : iterable of str or Path
        Files that are read: they stay, whatever they are.
    """
    if _is_same(stage, output):
        return ()
    kept = [Path(path) for path in read if "://" not in str(path) and os.path.lexists(path)]
    return tuple(
        path
        for layer in LAYERS
        if (path := layer_path(output, layer)).is_file()
        and not layer_path(stage, layer).exists()
        and not any(path.samefile(other) for other in kept if other.exists())
        and _is_layer(path)
    )


def stale_files(stage: Path, output: Path, read: Iterable[str | Path] = ()) -> tuple[Path, ...]:
    """Find all files that go when a map is replaced by another one, and are not replaced as well.

    Beside `stale_layers` and their styles these are what told of the map itself, and what GDAL
    noted of files that are replaced, which is not true of the new ones.

    Parameters
    ----------
    stage, output : Path
    read : iterable of str or Path
        As for `stale_layers`.
    """
    made = [path.name for path in stage.parent.iterdir()]
    gone = list(about_main(output))
    for path in stale_layers(stage, output, read):
        gone += [path, path.with_suffix(".qml"), _noted(path)]
    gone += [_noted(output.with_name(name)) for name in sorted(made)]
    return tuple(path for path in gone if path.name not in made and os.path.lexists(path))


def stale_note(files: Iterable[Path]) -> str:
    """Say what is removed; empty where nothing is."""
    names = [path.name for path in files]
    if not names:
        return ""
    hint = (
        "; write such layers of the new map with --layers"
        if any(n.endswith(ENDINGS) for n in names)
        else ""
    )
    return (
        f"{', '.join(names)} described the former map and {'is' if len(names) == 1 else 'are'} "
        f"removed{hint}"
    )


def _noted(path: Path) -> Path:
    """Return where GDAL writes what it knows of a file."""
    return path.with_name(f"{path.name}.aux.xml")


def _is_same(stage: Path, output: Path) -> bool:
    """Whether map and model stay what they are; archives and their hashes tell the time as well."""
    pairs = [(stage, output)]
    pairs += [
        (path, model_path(output) / path.name)
        for path in model_path(stage).glob("*")
        if path.suffix not in {".skops", ".json"}
    ]
    return all(
        new.is_file() and old.is_file() and filecmp.cmp(new, old, False) for new, old in pairs
    )


def _is_layer(path: Path) -> bool:
    """Whether Bocage wrote a file as a layer: a map of its own has its own model beside it."""
    return not model_path(path).exists() and is_written(path)
