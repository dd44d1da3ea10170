"""How the study was made: blank cells, and what repeats it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blank:
    """A cell that stays empty, and why; `count` runs share the reason."""

    method: str
    budget: str
    where: str
    reason: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Everything needed to repeat the study.

    Attributes
    ----------
    command, settings : str
        The command line and the resolved settings as YAML.
    versions : tuple of (name, version)
    seeds, split_key, source, licence, attribution : str
    """

    command: str
    settings: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    seeds: str = ""
    split_key: str = ""
    source: str = ""
    licence: str = ""
    attribution: str = ""
