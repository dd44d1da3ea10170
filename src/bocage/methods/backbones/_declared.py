"""Backbones that users declare: any network of TerraTorch's registry, with what it must be fed.

A file ``backbones/NAME.yaml`` in the folder ``BOCAGE_DATA`` makes NAME a network for chips. What a
network expects stands in its paper or its code, and nowhere in the registry: bands, units, means
and deviations are declared, and checked as those of our own backbones are.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bocage.core import (
    Input,
    SettingsError,
    content_key,
    data_folder,
    parse_yaml,
    read_regular,
)
from bocage.methods.backbones._backbone import Arrays, Backbone, OwnFile
from bocage.methods.backbones._bands import REFLECTANCE, BackboneBand, sentinel2
from bocage.methods.backbones._chip_arrays import BandScaling, ChipBands

if TYPE_CHECKING:
    from bocage.methods.backbones._encoder import Encoder

FOLDER = "backbones"

Setting = bool | int | float | str | list[bool | int | float | str]


class DeclaredBand(BaseModel):
    """A band: the network sees (value - mean) / std."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    unit: str
    mean: float = Field(allow_inf_nan=False)
    std: float = Field(gt=0, allow_inf_nan=False)
    low: float | None = None
    high: float | None = None

    def band(self) -> BackboneBand:
        """Return the band with the values that are plausible for it."""
        (common,) = sentinel2(self.name)
        is_known = self.unit == REFLECTANCE
        low = self.low if self.low is not None else common.low if is_known else None
        high = self.high if self.high is not None else common.high if is_known else None
        if low is None or high is None or low >= high:
            raise ValueError(
                f"band {self.name} in {self.unit} needs low and high, the range that contains "
                "nearly all of its values"
            )
        typical = common.typical if is_known else 0.0
        aliases = common.aliases if is_known else ()
        return BackboneBand(self.name, self.unit, low, high, typical, aliases)


class Declaration(BaseModel):
    """What a file declares."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    registry: str = Field(min_length=1, description="name in TerraTorch's registry")
    bands: list[DeclaredBand] = Field(min_length=1, description="in the network's order")
    patch: int = Field(ge=1, description="height and width of chips are multiples of it")
    blocks: int = Field(0, ge=0, description="transformer blocks; 0 for any other network")
    settings: dict[str, Setting] = Field(default_factory=dict, description="for the registry")
    weights: str = Field("", pattern=r"^[^/\\]*$", description="file in weights/NAME")
    publisher: str = Field("its publisher", description="who publishes the weights")
    title: str = ""
    source: str = Field("declared by the user", description="paper and licence")


class DeclaredBackbones(Mapping[str, Backbone]):
    """Backbones of our own, and those that files in ``BOCAGE_DATA`` declare.

    Parameters
    ----------
    own : mapping of str to Backbone
    """

    def __init__(self, own: Mapping[str, Backbone]) -> None:
        self._own = own

    def _files(self) -> dict[str, Path]:
        folder = data_folder(FOLDER)
        paths = sorted(folder.glob("*.yaml")) if folder is not None else []
        return {path.stem: path for path in paths if path.stem not in self._own}

    def __getitem__(self, name: str) -> Backbone:
        if name in self._own:
            return self._own[name]
        return declared(self._files()[name])

    def __iter__(self) -> Iterator[str]:
        return iter([*self._own, *self._files()])

    def __len__(self) -> int:
        return len(self._own) + len(self._files())

    def __contains__(self, name: object) -> bool:
        # Said here, so that a question for a name reads no declaration.
        return name in self._own or name in self._files()


def declared(path: Path) -> Backbone:
    """Read a declaration.

    Raises
    ------
    SettingsError
        If it can't be read, or lacks something that can't be guessed.
    """
    try:
        text = read_regular(path, "a declaration")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} can't be read ({error}); expected a declaration") from error
    return _parse(path.stem, text, str(path))


@lru_cache
def _parse(name: str, text: str, where: str) -> Backbone:
    hint = "see the example in docs/tune.md"
    try:
        values = parse_yaml(text)
        if not isinstance(values, dict):
            raise SettingsError(f"{where} declares nothing; {hint}")
        told = Declaration(**{str(key): value for key, value in values.items()})
        bands = tuple(item.band() for item in told.bands)
        if len({band.name for band in bands}) < len(bands):
            raise ValueError("it lists a band twice")  # noqa: TRY301
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{where} can't be read as YAML ({reason}); {hint}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"{place} in {where} can't be used: {first['msg'].lower()}; {hint}"
        ) from error
    except ValueError as error:
        raise SettingsError(f"{where} can't be used: {error}; {hint}") from error
    return _backbone(name, told, bands)


def _backbone(name: str, told: Declaration, bands: tuple[BackboneBand, ...]) -> Backbone:
    normal = {item.name: BandScaling(item.mean, item.std) for item in told.bands}
    rules = ChipBands(name, bands, normal, told.patch, needs_all=True)

    def arrays(item: Input, lonlat: NDArray[np.float64], place: bool) -> dict[str, NDArray[Any]]:
        del lonlat, place
        return rules.arrays(item)

    def build(path: Path | None, arrays: Arrays) -> "Encoder":
        from bocage.methods.backbones._declared_encoder import declared_encoder

        return declared_encoder(
            name, told.registry, told.settings, path, arrays["x"].shape, told.patch, told.blocks
        )

    own = OwnFile(f"weights/{name}", told.weights, told.publisher) if told.weights else None
    return Backbone(
        name=name,
        title=told.title or f"{name} ({told.registry})",
        forms=("chips",),
        n_blocks=told.blocks,
        bands=tuple(band.name for band in bands),
        file=own,
        arrays=arrays,
        build=build,
        library="terratorch",
        source=told.source,
        placements=("all", "attention", "mlp") if told.blocks else (),
        declaration=content_key([told.model_dump()]),
    )
