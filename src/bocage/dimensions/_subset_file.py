"""The chosen dimensions as a file that other verbs read."""

from pathlib import Path

import yaml

from bocage.core import DataError, parse_yaml, read_regular, write_atomic
from bocage.dimensions._explained import AnyExplanation

FORMAT = 1


def write_subset(explanation: AnyExplanation, path: Path) -> Path:
    """Write the dimensions that are enough for a model of all classes, or of a number.

    Raises
    ------
    DataError
        If no number of dimensions is enough.
    StoreError
        If the file can't be written.
    """
    together = explanation.together
    chosen = together.chosen
    if chosen is None:
        raise DataError(
            f"no number of dimensions is shown to lose less than {together.margin:g}, so there is "
            "no subset to write"
        )
    values = {
        "bocage_subset": FORMAT,
        "input": explanation.problem.name,
        "bands": list(together.bands),
        "of": len(explanation.problem.bands),
        "chosen_with": "all labels: scores of a comparison on the same labels are optimistic",
        "labels": explanation.problem.key,
        "place": explanation.where,
        "score": round(chosen.found.score, 4),
        "score_of_all": round(chosen.found.full, 4),
        "loss_at_most": round(chosen.found.bound, 4),
        "margin": together.margin,
        **explanation.in_file,
    }
    write_atomic(path, yaml.safe_dump(values, sort_keys=False, allow_unicode=True))
    return path


def read_subset(path: Path, label: str = "") -> tuple[str, ...]:
    """Read the dimensions of a subset file, those of all classes unless one is named.

    Raises
    ------
    DataError
        If the file can't be read, or holds no such subset.
    """
    try:
        values = parse_yaml(read_regular(path, "a subset file"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path} can't be read as a subset file ({error})") from error
    if not isinstance(values, dict) or values.get("bocage_subset") != FORMAT:
        raise DataError(
            f"{path} is not a subset file of this version; expected a file that `bocage explain` "
            "wrote"
        )
    bands = values.get("classes", {}).get(label) if label else values.get("bands")
    if not isinstance(bands, list) or not bands or not all(isinstance(b, str) for b in bands):
        raise DataError(f"{path} holds no dimensions for {label or 'all classes'}")
    twice = sorted({band for band in bands if bands.count(band) > 1})
    if twice:
        raise DataError(
            f"{path} names {', '.join(twice)} more than once; expected each dimension once"
        )
    return tuple(bands)
