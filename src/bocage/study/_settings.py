"""Settings of a study: the command line's and the YAML file's one form."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bocage.core import SettingsError, parse_yaml, read_regular
from bocage.study._refused import expected

Where = Literal["out", "local", "both"]
CostKey = Literal["labels", "size", "seconds"]


class StudySettings(BaseModel):
    """Everything that decides a study, written down.

    A YAML file holds these names; the command line has an option for each.
    """

    # In YAML, a column called 2020 and a budget of 5 are numbers unless put in quotes.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    task: str | list[str] = Field(description="a named task, or files and globs")
    name: str = Field("", description="name of the study and its folder")
    target: str | None = Field(None, description="column to predict")
    kind: Literal["classification", "regression"] | None = None
    groups: list[str] = Field(default_factory=list, description="columns that may be left out")
    together: list[str] = Field(default_factory=list, description="columns never torn apart")
    inputs: dict[str, str] = Field(default_factory=dict, description="name: column pattern")
    chosen: dict[str, str] = Field(
        default_factory=dict,
        description="inputs whose columns were chosen by labels, each with the file that says so",
    )
    series: dict[str, str] = Field(
        default_factory=dict, description="name: pattern of columns with dates, as B2_2021-03-17"
    )
    undated: bool = Field(
        False, description="series without years in their names are steps, not months"
    )
    first_date: str | None = Field(
        None, description="column with the date at which the series of each row begins"
    )
    every: float | None = Field(None, gt=0, description="days from step to step of a series")
    units: dict[str, str] = Field(
        default_factory=dict, description="unit of an input (s2), or of one of its bands (s2.VV)"
    )
    zones: dict[str, str] = Field(
        default_factory=dict, description="group: polygon file and column, as states.gpkg:NAME"
    )
    lon: str | None = None
    lat: str | None = None
    crs: str | None = Field(None, description="coordinate system of lon and lat, or of geometry")
    layer: str | None = None
    dequantise: bool = False
    drop_incomplete: bool = False
    nodata: list[str] = Field(
        default_factory=list, description="what stands for nothing, as 65535, ndvi=0 or crop=NA"
    )
    gaps: Literal["drop", "fill", "keep"] | None = Field(
        None, description="rows with missing features: left out, filled along time, or kept"
    )
    merge: dict[str, str] = Field(
        default_factory=dict, description="class: the class that it is part of"
    )
    min_class: int | None = Field(
        None, ge=2, description="classes with fewer labels are left out, and named"
    )
    class_names: dict[str, str] | str | None = Field(
        None, description="class: its name; or a file of two columns, codes and names"
    )
    rename: dict[str, str] | str | None = Field(
        None, description="column: another name for it; or a file of two columns"
    )
    distinct: bool = Field(False, description="classes with similar names are different")

    leave: str = Field(
        "", description="group, a+b, blocks, clusters, knndm or none; see area if empty"
    )
    area: str | None = Field(None, description="where a map is wanted: polygons, or a raster")
    sampling: Literal["probability"] | None = Field(
        None, description="probability: the labels are a probability sample of the area"
    )
    buffer_metres: float | None = Field(
        None, gt=0, description="training samples nearer to a test sample are left out"
    )
    share: str = Field(
        "", description="what may stand in a left-out group and elsewhere: place, a column, or none"
    )
    forward: bool = Field(False, description="learn from earlier groups only")
    train: str = Field("", description="groups that are learned from, as 2017-2021")
    test: str = Field("", description="groups that are tested, as 2022-2023")
    same_place: float | None = Field(
        None, gt=0, description="metres within which samples stand at one place"
    )
    clusters: int = Field(5, ge=2)
    block_metres: float | None = Field(None, gt=0)
    local_folds: int = Field(4, ge=2)
    folds: int = Field(10, ge=2, description="folds that more groups are merged into")
    sensitivity: bool = True

    budgets: list[str | int | float] | None = Field(None, min_length=1)
    unit: Literal["class", "label", "chip", "fraction", "parcel", "event", "pixel"] | None = None
    exact: bool = Field(
        False, description="budgets that can't be filled stay blank, else they are the most drawn"
    )
    repeats: int | None = Field(None, ge=1)

    methods: list[str] | None = Field(None, min_length=1)
    more_methods: list[str] = Field(default_factory=list, description="beside those above")
    all_methods: bool = False
    trials: int = Field(4, ge=1)
    inner_folds: int = Field(3, ge=2)
    epochs: int = Field(20, ge=1, description="passes of a network over its labels, at most")
    steps: int = Field(100, ge=1, description="batches a network sees at least, with few labels")
    augment: bool = Field(True, description="turn and mirror chips")
    seed: int = Field(0, ge=0)

    where: Where | None = Field(None, description="place that the verdict is asked for")
    at: str | None = Field(None, description="budget that the verdict is asked for")
    margin: float | None = Field(None, gt=0)
    cost: list[CostKey] = Field(["labels", "size", "seconds"], min_length=1)
    metric: str = ""
    by: str = Field("", description="group column to report scores by, such as biome")
    object_hectares: list[float] = Field(
        [1.0, 10.0, 100.0], description="edges between size classes of objects, in hectares"
    )
    prevalence: dict[str, float] = Field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name of the study: the given one, or made from the task's."""
        if self.name:
            return self.name
        first = self.task if isinstance(self.task, str) else self.task[0]
        stem = Path(first).name.split(".")[0]
        return "".join(c if c.isalnum() or c in "-_" else "-" for c in stem).strip("-") or "study"

    def place_of(self, domains: Collection[str]) -> str:
        """Return the place that the verdict is asked for, of those that a split tests."""
        return self.where or ("out" if "out" in domains else "local")

    def with_suggested(self, suggested: Mapping[str, Any]) -> "StudySettings":
        """Take what fits a task where the user has set nothing."""
        return self.model_copy(
            update={k: v for k, v in suggested.items() if k not in self.model_fields_set}
        )

    def to_yaml(self) -> str:
        """Write the settings as a file that `bocage compare` reads; what nobody set is left out."""
        values = self.model_dump(mode="json", exclude_unset=True)
        return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def make_settings(
    values: dict[str, Any],
    *,
    source: str = "the settings",
    option_of: Callable[[str], str] | None = None,
) -> StudySettings:
    """Check settings.

    Parameters
    ----------
    values : dict
        By name.
    source : str
        Named in messages.
    option_of : callable, optional
        Turns a name into the option that was typed, for messages.

    Raises
    ------
    SettingsError
        If a key is unknown (the nearest known one is named) or a value can't be used.
    """
    from difflib import get_close_matches

    known = StudySettings.model_fields
    for key in values:
        if key not in known:
            close = get_close_matches(str(key), known, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise SettingsError(f"unknown key {str(key)!r} in {source}; {hint}")
    try:
        return StudySettings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else "a key"
        found = first.get("input")
        if option_of is not None:
            # As it was typed: -1, where a number is read as -1.0.
            shown = f"{found:.12g}" if isinstance(found, float) else found
            said = f"{option_of(key)} {shown} can't be used; expected {expected(first)}"
        elif first["type"] == "missing":
            said = f"{key} is missing in {source}; expected a line such as '{key}: landscape'"
        else:
            said = f"{key} in {source} can't be used: found {found!r}, expected {expected(first)}"
        raise SettingsError(said) from error


def read_settings(path: Path) -> StudySettings:
    """Read a study's YAML file.

    Raises
    ------
    SettingsError
        If the file can't be read, is no mapping, names a key twice, or holds a key or value that
        can't be used.
    """
    try:
        values = parse_yaml(read_regular(path, "settings (YAML)"))
    except OSError as error:
        raise SettingsError(
            f"{path} can't be read ({error.strerror}); expected a YAML file with lines such as "
            "'task: landscape': check the path"
        ) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split()).replace('in "<unicode string>", ', "at ")
        raise SettingsError(
            f"{path} can't be read as YAML ({reason}); expected lines such as 'task: landscape'"
        ) from error
    if not isinstance(values, dict):
        found = "nothing" if values is None else f"a {type(values).__name__}"
        raise SettingsError(f"{path} holds {found}; expected lines such as 'task: landscape'")
    return make_settings(values, source=str(path))
