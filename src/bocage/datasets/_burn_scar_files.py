"""Files of HLS Burn Scars: each scene, its mask, and the user's embedding of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bocage.core import DataError, counted

PARTS = ("training", "validation", "data")
"""Subfolders: the published archive has the first two, a later copy of it has the third."""

_NAME = re.compile(
    r"subsetted_\d+x\d+_HLS\.S30\.T(?P<tile>\d{2}[A-Z]{3})\.(?P<year>\d{4})(?P<day>\d{3})"
    r"\.v\d+\.\d+(?P<role>_merged|\.mask|_embedding)\.tif"
)
EXAMPLE = "subsetted_512x512_HLS.S30.T10SEH.2018190.v1.4_merged.tif"

_Key = tuple[str, int, int]
"""Tile, year and day."""


@dataclass(frozen=True, slots=True)
class SceneFiles:
    """A scene and its mask, and what the user laid beside them.

    Attributes
    ----------
    part : str
        Subfolder.
    tile : str
        MGRS tile, such as ``T10SEH``.
    year, day : int
        Year and day of the year of the image.
    image, mask : Path
    embedding : Path, optional
        AlphaEarth embedding on the grid of the scene.
    """

    part: str
    tile: str
    year: int
    day: int
    image: Path
    mask: Path
    embedding: Path | None = None

    @property
    def key(self) -> str:
        """Tile and date, such as ``T10SEH.2018190``: no two scenes have the same."""
        return f"{self.tile}.{self.year}{self.day:03d}"

    @property
    def month(self) -> int:
        """Month of the image, 1 to 12."""
        return (date(self.year, 1, 1) + timedelta(days=self.day - 1)).month


def find_pairs(folder: Path) -> tuple[tuple[SceneFiles, ...], tuple[str, ...]]:
    """Find all scenes below a folder, sorted by date and tile.

    Returns
    -------
    pairs : tuple of SceneFiles
    notes : tuple of str

    Raises
    ------
    DataError
        If there is none, a name can't be read, a scene, mask or embedding stands alone, or only
        some scenes have an embedding.
    """
    parts = [part for part in PARTS if (folder / part).is_dir()]
    if not parts:
        raise DataError(
            f"the folder {folder.name} holds neither training nor validation; expected the "
            "subfolders of the unpacked archive, with pairs of files such as "
            f"{EXAMPLE}: unpack it into this folder"
        )
    found: dict[str, SceneFiles] = {}
    notes: list[str] = []
    twice = 0
    for part in parts:
        for pair in _pairs_of(folder / part):
            twice += pair.key in found
            found.setdefault(pair.key, pair)
    if not found:
        raise DataError(
            f"there is no scene in {' or '.join(parts)} of the folder {folder.name}; expected "
            f"files such as {EXAMPLE}: unpack the archive into this folder"
        )
    if twice:
        are = counted(twice, "scene is", "scenes are")
        notes.append(f"{are} in two subfolders; each was read once")
    pairs = tuple(sorted(found.values(), key=lambda p: (p.year, p.day, p.tile)))
    bare = [pair for pair in pairs if pair.embedding is None]
    if bare and len(bare) < len(pairs):
        raise DataError(
            f"{len(bare)} of {len(pairs)} scenes have no embedding, the first is "
            f"{bare[0].image.name} in {bare[0].part}; expected one ('_embedding.tif' for "
            "'_merged.tif') next to every scene, or next to none: add the missing ones, or move "
            "the others away"
        )
    return pairs, tuple(notes)


def _pairs_of(folder: Path) -> list[SceneFiles]:
    files = [p for p in folder.iterdir() if p.suffix.lower() in {".tif", ".tiff"}]
    # Archives made on a Mac hold a shadow of each file, called ._name.
    found = {path: _NAME.fullmatch(path.name) for path in sorted(files) if path.name[0] != "."}
    strange = [path for path, match in found.items() if match is None]
    if strange:
        raise DataError(
            f"{counted(len(strange), 'file name')} in {folder.name} can't be read, the first is "
            f"{strange[0].name!r}; expected names such as {EXAMPLE!r} (tile and date), with "
            "'.mask' or '_embedding' in place of '_merged' for its mask or embedding: rename or "
            "remove them"
        )
    matches = [(path, match) for path, match in found.items() if match is not None]
    roles: dict[str, dict[_Key, Path]] = {"_merged": {}, ".mask": {}, "_embedding": {}}
    for path, match in matches:
        key = f"T{match['tile']}", int(match["year"]), int(match["day"])
        if not 1 <= key[2] <= 366:  # noqa: PLR2004
            raise DataError(
                f"{path.name} names day {key[2]} of the year; expected 1 to 366: rename the file"
            )
        if key in roles[match["role"]]:
            raise DataError(
                f"{path.name} and {roles[match['role']][key].name} in {folder.name} name the same "
                "tile and date; expected one scene for each: remove one"
            )
        roles[match["role"]][key] = path
    images, masks, embeddings = roles.values()
    _need_both(images.keys() - masks.keys(), images, "mask", folder.name)
    _need_both(masks.keys() - images.keys(), masks, "image", folder.name)
    _need_both(embeddings.keys() - images.keys(), embeddings, "image", folder.name)
    return [
        SceneFiles(folder.name, *key, image, masks[key], embeddings.get(key))
        for key, image in images.items()
    ]


def _need_both(
    alone: Iterable[_Key],
    files: dict[_Key, Path],
    lacking: str,
    part: str,
) -> None:
    keys = sorted(alone)
    if keys:
        raise DataError(
            f"{counted(len(keys), 'file')} in {part} {'has' if len(keys) == 1 else 'have'} no "
            f"{lacking}, the first is {files[keys[0]].name}; "
            "expected a scene ('_merged.tif') and a mask ('.mask.tif') of each tile and date: "
            "unpack the archive again, or remove the unpaired files"
        )
