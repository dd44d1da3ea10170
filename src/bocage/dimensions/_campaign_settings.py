"""What decides a campaign of experiments."""

from dataclasses import dataclass
from importlib.util import find_spec

from bocage.core import SettingsError, did_you_mean, how_to_install
from bocage.dimensions._importance import IMPORTANCES
from bocage.dimensions._tree_path import TREES, WITH_SHAP

INSIDE = "inside"
"""Three quarters of a place's samples, drawn at random, against the rest: as published."""

SPLITS = (INSIDE, "local", "out")


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """What decides a campaign.

    Attributes
    ----------
    experiments : int
    models : tuple of str
        Of `TREES`; one is drawn for each experiment.
    splits : tuple of str
        Of `SPLITS`; one after the other.
    depth : int
        Subsets of 1, 2, ... so many dimensions are tried.
    importance : str
        Of `IMPORTANCES`: what orders the dimensions.
    most : int
        Samples of a class, and as many of all others, that an experiment learns from at most.
    seed : int
    """

    experiments: int = 200
    models: tuple[str, ...] = TREES
    splits: tuple[str, ...] = SPLITS
    depth: int = 30
    importance: str = "impurity"
    most: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        for name, found, known in (
            ("model", self.models, TREES),
            ("split", self.splits, SPLITS),
            ("importance", (self.importance,), IMPORTANCES),
        ):
            strange = [part for part in found if part not in known]
            if strange or not found:
                raise SettingsError(
                    f"{name} {', '.join(strange) or 'none'!r} is unknown; expected "
                    f"{', '.join(known)}{did_you_mean((strange or [''])[0], known)}"
                )
        silent = [name for name in self.models if name not in WITH_SHAP]
        if self.importance == "shap" and silent and find_spec("shap") is None:
            raise SettingsError(
                f"SHAP values of {', '.join(silent)} need the package shap: "
                f"{how_to_install('shap')}; or choose --models {','.join(WITH_SHAP)}, whose "
                "libraries compute SHAP values"
            )
