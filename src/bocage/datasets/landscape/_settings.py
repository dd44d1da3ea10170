"""What an invented country is made from."""

from dataclasses import dataclass
from typing import Literal

from bocage.core import SettingsError

N_BANDS = 64
MAX_REGIONS = 40
MAX_CLASSES = 16
Mixing = Literal["rotated", "planted"]
LandscapeTarget = Literal["cover", "yield"]


@dataclass(frozen=True, slots=True)
class LandscapeSettings:
    """Everything that decides an invented country and the samples drawn from it.

    Attributes
    ----------
    seed : int
        The country: its regions, fields, classes and what its bands carry.
    draw : int
        The samples: the same country sampled anew for every number.
    target : {"cover", "yield"}
        Land cover (classification), or a yield in t/ha (regression).
    classes : tuple of str
        Land-cover classes, 2 to 16.
    n_regions : int
        Regions, 2 to 40, thousands of field widths apart. A region does not change when others
        are added.
    per_class : int
        Samples of each class in each region.
    years : tuple of int
        Years in which places are visited.
    revisit : float
        Share of samples that are second visits to the parcel of another sample: in another year
        if there are several.
    shift : float
        Size of what differs between regions; 0 makes all regions alike, 1 is calibrated.
    strength : float
        Size of what the inputs know about the target; 0 leaves nothing, 1 is calibrated.
    label_noise : float
        Share of labels replaced by another class (in regression: standard deviation of an error
        added to the target, in t/ha).
    signal : bool
        False draws the target independently of features and places.
    clusters : int
        Sites in each region around which samples are drawn; 0 spreads them over the region.
    mixing : {"rotated", "planted"}
        `rotated`: what the bands carry is turned by a random rotation, so no band stands for one
        thing. `planted`: every band carries one thing: one class, several, a decoy or nuisance.

    Raises
    ------
    SettingsError
        If a setting is out of its range.
    """

    seed: int = 5
    draw: int = 0
    target: LandscapeTarget = "cover"
    classes: tuple[str, ...] = ("water", "trees", "crops", "built")
    n_regions: int = 4
    per_class: int = 76
    years: tuple[int, ...] = (2022, 2023, 2024)
    revisit: float = 0.15
    shift: float = 1.0
    strength: float = 1.0
    label_noise: float = 0.03
    signal: bool = True
    clusters: int = 0
    mixing: Mixing = "rotated"

    def __post_init__(self) -> None:
        self._need(self.seed >= 0 and self.draw >= 0, "seed, draw", "0 or more")
        self._need(self.target in ("cover", "yield"), "target", "'cover' or 'yield'")
        self._need(
            2 <= len(set(self.classes)) == len(self.classes) <= MAX_CLASSES,  # noqa: PLR2004
            "classes",
            f"2 to {MAX_CLASSES} different names",
        )
        self._need(2 <= self.n_regions <= MAX_REGIONS, "n_regions", f"2 to {MAX_REGIONS}")  # noqa: PLR2004
        self._need(self.per_class >= 1, "per_class", "1 or more")
        self._need(len(set(self.years)) == len(self.years) > 0, "years", "at least one, no repeats")
        self._need(0 <= self.revisit <= 0.5, "revisit", "0 to 0.5")  # noqa: PLR2004
        self._need(self.shift >= 0 and self.strength >= 0, "shift, strength", "0 or more")
        top = 1.0 if self.target == "cover" else float("inf")
        self._need(0 <= self.label_noise < top, "label_noise", "0 or more, and below 1 for cover")
        self._need(self.clusters >= 0, "clusters", "0 or more")
        self._need(self.mixing in ("rotated", "planted"), "mixing", "'rotated' or 'planted'")

    def _need(self, holds: bool, names: str, expected: str) -> None:
        if not holds:
            found = ", ".join(repr(getattr(self, name)) for name in names.split(", "))
            raise SettingsError(f"landscape: {names} = {found}; expected {expected}")
