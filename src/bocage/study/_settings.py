"""Settings of a study: the command line's and the YAML file's one form."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bocage.core import SettingsError, did_you_mean, parse_yaml, read_regular
from bocage.study._paths import from_folder, to_folder
from bocage.study._refused import expected, words_of

FORMER_KEYS = {"steps": "batches", "unit": "budget_unit"}
"""Keys that were called otherwise, as files of former versions call them."""

Where = Literal["out", "local", "both"]
CostKey = Literal["labels", "size", "seconds"]


class StudySettings(BaseModel):
    """Everything that decides a study.

    A YAML file holds these names, and the command line has an option for nearly every one. Each
    field's own description says what it is.

    Examples
    --------
    >>> StudySettings(task="landscape", leave="region").place_of({"in", "out", "local"})
    'out'
    """

    # In YAML, a column called 2020 and a budget of 5 are numbers unless put in quotes.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    task: str | list[str] = Field(
        description="A named task, or label tables: files and patterns of file names.",
        examples=["landscape", "labels.gpkg"],
    )
    name: str = Field(
        "", description="Name of the study and its folder; that of the task if not given."
    )
    target: str | None = Field(None, description="Column to predict.", examples=["crop"])
    kind: Literal["classification", "regression"] | None = Field(
        None,
        description="Whether the target is a class or a quantity; inferred from its values where "
        "they leave no doubt.",
    )
    inputs: dict[str, str] = Field(
        default_factory=dict,
        description="Columns of an input: a pattern, or names separated by commas.",
        examples=[{"aef": "A??", "soil": "ph,clay,sand"}],
    )
    chosen: dict[str, str] = Field(
        default_factory=dict,
        description="Inputs whose columns were chosen by labels, each with the file that says so.",
    )
    series: dict[str, str] = Field(
        default_factory=dict,
        description="Columns of time series, with dates in their names.",
        examples=[{"ndvi": "NDVI_*"}],
    )
    undated: bool = Field(
        False,
        description="Numbers in the names of series columns are time steps, not months.",
    )
    first_date: str | None = Field(
        None, description="Column with the date on which the series of each row begins."
    )
    every: float | None = Field(
        None, gt=0, description="Days from one step of a series to the next."
    )
    units: dict[str, str] = Field(
        default_factory=dict,
        description="Unit of an input, or of one of its bands.",
        examples=[{"s2": "reflectance x 10000", "s1.VV": "dB"}],
    )
    lon: str | None = Field(None, description="Longitude column, or easting where a CRS is named.")
    lat: str | None = Field(None, description="Latitude column, or northing where a CRS is named.")
    crs: str | None = Field(
        None,
        description="Coordinate reference system (CRS) of the coordinates or the geometry.",
        examples=["EPSG:32632"],
    )
    layer: str | None = Field(
        None, description="Layer of a GeoPackage or KML file, or sheet of an Excel file."
    )
    rename: dict[str, str] | str | None = Field(
        None,
        description="New names of columns, or a file of two columns with old and new names.",
        examples=[{"b1": "B02", "b2": "B03"}],
    )
    class_names: dict[str, str] | str | None = Field(
        None,
        description="Names of the classes whose codes the target holds, or a file of two columns "
        "with codes and names.",
        examples=[{"1": "maize", "2": "wheat"}],
    )
    merge: dict[str, str] = Field(
        default_factory=dict,
        description="Class to merge into another one.",
        examples=[{"Maize": "maize"}],
    )
    min_class: int | None = Field(
        None, ge=2, description="Drop classes with fewer labels than this; a note names them."
    )
    distinct: bool = Field(False, description="Classes with similar names are different classes.")
    nodata: list[str] = Field(
        default_factory=list,
        description="Value that marks missing data, in all columns, or in one input or the target.",
        examples=[["65535"], ["ndvi=0", "crop=NA"]],
    )
    gaps: Literal["drop", "fill", "keep"] | None = Field(
        None,
        description="What to do with missing features: drop the row, fill along time, or keep the "
        "gap for tree models.",
    )
    drop_incomplete: bool = Field(
        False, description="Drop rows that lack a label, coordinates or features."
    )
    dequantise: bool = Field(
        False, description="Decode raw int8 AlphaEarth embeddings into vectors of length 1."
    )

    leave: str = Field(
        "",
        description="What to hold out: a group column, several joined by +, blocks, clusters, or "
        "knndm with an area.",
        examples=["district", "region+year", "blocks"],
    )
    folds_from: str = Field(
        "",
        description="Folds that are used as given: a column of fold numbers, or splitter:NAME for "
        "one from another package.",
        examples=["cv_fold", "splitter:rows"],
    )
    area: str | None = Field(
        None,
        description="Area to be mapped: polygons, or a raster whose valid pixels are the area.",
        examples=["area.gpkg"],
    )
    sampling: Literal["probability"] | None = Field(
        None,
        description="How the labels were sampled: probability, if they are a probability sample "
        "of the area.",
    )
    groups: list[str] = Field(
        default_factory=list, description="Further column of groups that may be held out."
    )
    zones: dict[str, str] = Field(
        default_factory=dict,
        description="Groups made from polygons: their file, and the column that names them.",
        examples=[{"state": "states.gpkg:NAME"}],
    )
    together: list[str] = Field(
        default_factory=list,
        description="Column whose groups are never split between training and test.",
    )
    same_place: float | None = Field(
        None, gt=0, description="Distance within which samples count as one place, in metres."
    )
    share: str = Field(
        "",
        description="What may occur both in a held-out group and in training: the place, a "
        "column, or none (new places of a new group are tested).",
    )
    forward: bool = Field(False, description="Train on earlier groups only, such as earlier years.")
    train: str = Field("", description="Groups to train on.", examples=["2017-2021"])
    test: str = Field("", description="Groups to test on, once.", examples=["2022-2023"])
    folds: int = Field(
        10,
        ge=2,
        description="Number of kNNDM folds, and of folds that a larger number of groups is merged "
        "into.",
    )
    local_folds: int = Field(
        4, ge=2, description="Number of folds within a held-out group, for labels of its own."
    )
    clusters: int = Field(5, ge=2, description="Number of clusters, where clusters are held out.")
    block_metres: float | None = Field(
        None, gt=0, description="Side of the spatial blocks; chosen from the labels if not given."
    )
    buffer_metres: float | None = Field(
        None,
        gt=0,
        description="Leave out training samples that are closer than this to a test sample.",
    )
    sensitivity: bool = Field(
        True, description="Whether scores at half and double the block size are computed as well."
    )

    budgets: list[str | int | float] | None = Field(
        None,
        min_length=1,
        description="Label budgets to compare: largest numbers of training labels (per class, if "
        "the target is a class), percentages, or all.",
        examples=[[5, 10, 20, 50, "all"], ["1%", "10%"]],
    )
    budget_unit: (
        Literal["class", "label", "fraction", "parcel", "event", "chip", "pixel"] | None
    ) = Field(
        None,
        description="What budgets count: class, label, fraction, parcel, event, chip or pixel.",
    )
    exact: bool = Field(
        False,
        description="Leave budgets blank that cannot be drawn in full; otherwise as many labels "
        "are drawn as there are.",
    )
    repeats: int | None = Field(
        None,
        ge=1,
        description="Random draws of each budget; more for small budgets if not given.",
    )

    methods: list[str] | None = Field(
        None,
        min_length=1,
        description="Methods to compare, in place of the default ones.",
        examples=[["prior", "aef:logistic", "aef+s1:forest"]],
    )
    more_methods: list[str] = Field(
        default_factory=list,
        description="Methods to compare as well; hyperparameters may be fixed.",
        examples=[["aef:logistic:C=10"]],
    )
    all_methods: bool = Field(False, description="Compare every available model (slow).")
    trials: int = Field(
        4, ge=1, description="Hyperparameter settings that are tried for each method."
    )
    inner_folds: int = Field(
        3, ge=2, description="Number of inner folds on which hyperparameters are chosen."
    )
    epochs: int = Field(20, ge=1, description="Largest number of training epochs of a network.")
    batches: int = Field(
        100,
        ge=1,
        description="Batches up to which a network is trained for more epochs where labels are "
        "few.",
    )
    augment: bool = Field(
        True, description="Rotate and mirror chips during training, which is the default."
    )
    seed: int = Field(0, ge=0, description="Seed of the random draws and models.")

    where: Where | None = Field(
        None,
        description="Place that the verdict is for: new places without labels (out), the labelled "
        "places from their own labels (local), or those with labels from elsewhere as well (both).",
    )
    at: str | None = Field(
        None, description="Budget that the verdict is for, one of those compared."
    )
    margin: float | None = Field(None, gt=0, description="Loss of score that does not matter.")
    cost: list[CostKey] = Field(
        ["labels", "size", "seconds"],
        min_length=1,
        description="What makes a method cheap, the most important first.",
    )
    metric: str = Field(
        "",
        description="Score by which methods are compared.",
        examples=["macro_f1", "f1:water", "rmse"],
    )
    by: str = Field(
        "", description="Column of groups by which scores are reported too, such as biome."
    )
    object_hectares: list[float] = Field(
        [1.0, 10.0, 100.0],
        description="Limits between size classes of objects, in hectares.",
    )
    prevalence: dict[str, float] = Field(
        default_factory=dict,
        description="Share of a class on the ground.",
        examples=[{"water": 0.1, "land": 0.9}],
    )

    @property
    def title(self) -> str:
        """Name of the study: the given one, or made from the task's."""
        if self.name:
            return self.name
        first = self.task if isinstance(self.task, str) else self.task[0]
        stem = Path(first).name.split(".")[0]
        return "".join(c if c.isalnum() or c in "-_" else "-" for c in stem).strip("-") or "study"

    def place_of(self, domains: Collection[str]) -> str:
        """Return the place that the verdict is asked for, of those that a split tests.

        Parameters
        ----------
        domains : collection of str
            Tested by the split.

        Returns
        -------
        str
            ``out``, ``local`` or ``both``.
        """
        return self.where or ("out" if "out" in domains else "local")

    def with_suggested(self, suggested: Mapping[str, Any]) -> "StudySettings":
        """Take what fits a task where the user has set nothing.

        Parameters
        ----------
        suggested : mapping of str to value
            Settings by name.

        Returns
        -------
        StudySettings
        """
        return self.model_copy(
            update={k: v for k, v in suggested.items() if k not in self.model_fields_set}
        )

    def to_yaml(self, folder: Path | None = None) -> str:
        """Write the settings as a file that `bocage compare` reads; what nobody set is left out.

        Parameters
        ----------
        folder : Path, optional
            Where the file will be: paths are relative to it, and to where this runs without it.

        Returns
        -------
        str
        """
        values = self.model_dump(mode="json", exclude_unset=True)
        if folder is not None:
            values = to_folder(values, folder)
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
    values = {FORMER_KEYS.get(key, key): value for key, value in values.items()}
    known = StudySettings.model_fields
    for key in values:
        if key not in known:
            hint = did_you_mean(str(key), known) or f"; known are {', '.join(known)}"
            raise SettingsError(f"unknown key {str(key)!r} in {source}{hint}")
    try:
        return StudySettings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else "a key"
        found = first.get("input")
        meant = did_you_mean(str(found), words_of(first))
        if option_of is not None:
            # As it was typed: -1, where a number is read as -1.0.
            shown = f"{found:.12g}" if isinstance(found, float) else found
            said = f"{option_of(key)} {shown} can't be used; expected {expected(first)}{meant}"
        elif first["type"] == "missing":
            said = f"{key} is missing in {source}; expected a line such as '{key}: landscape'"
        else:
            said = (
                f"{key} in {source} can't be used: found {found!r}, expected {expected(first)}"
                f"{meant}"
            )
        raise SettingsError(said) from error


def read_settings(path: Path) -> StudySettings:
    """Read a study's YAML file. Paths in it are relative to it, or to where this runs.

    Raises
    ------
    SettingsError
        If the file can't be read, is no mapping, names a key twice, or holds a key or value that
        can't be used.
    """
    try:
        values = parse_yaml(read_regular(path, "settings (YAML)"))
    except OSError as error:
        near = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
        raise SettingsError(
            f"{path} can't be read ({error.strerror}); expected a YAML file with lines such as "
            f"'task: landscape': check the path{did_you_mean(path.name, set(near) - {path.name})}"
        ) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split()).replace('in "<unicode string>", ', "at ")
        raise SettingsError(
            f"{path} can't be read as YAML ({reason}); expected lines such as 'task: landscape'"
        ) from error
    if not isinstance(values, dict):
        found = "nothing" if values is None else f"a {type(values).__name__}"
        raise SettingsError(f"{path} holds {found}; expected lines such as 'task: landscape'")
    return make_settings(from_folder(values, path.parent), source=str(path))
