"""The files of a map while they are being made: they get their names when all are there."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bocage.core import StoreError, not_written, put_in_place
from bocage.mapping._stale import stale_files


@contextmanager
def staged(output: Path, read: Sequence[str | Path] = ()) -> Iterator[Path]:
    """Make files apart, and put them beside `output` when the block ends well.

    Yields the path that stands for `output` in the meantime: what is written beside it goes beside
    `output`. Files that stood there are replaced, and layers of a former map go with it
    (`stale_files`); if the block fails, all stay as they were.

    Parameters
    ----------
    output : Path
    read : sequence of str or Path
        Files that are never removed, as they are read.

    Raises
    ------
    StoreError
        If a file can't be written, or can't be put in place.
    """
    folder = output.with_name(f".{output.name}.new")
    # A killed process may have left one.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        yield folder / output.name
        _publish(folder, output, read)
    except StoreError as error:
        # The user asked for files beside the output, and knows nothing of this folder.
        told = str(error).replace(f"{folder}{os.sep}", str(output).removesuffix(output.name))
        raise StoreError(told) from error
    except OSError as error:
        raise not_written(output, error) from error
    finally:
        # Also when the user stops the program in the midst of it.
        shutil.rmtree(folder, ignore_errors=True)


def _publish(folder: Path, output: Path, read: Sequence[str | Path]) -> None:
    """Give the files their names; the map itself comes last."""
    made = sorted(folder.iterdir(), key=lambda path: (path.name == output.name, path.name))
    for path in stale_files(folder / output.name, output, read):
        path.unlink(missing_ok=True)
    for path in made:
        put_in_place(path, output.with_name(path.name))
