"""How long networks are trained."""

import math
from dataclasses import dataclass

BATCH = 16
"""Samples a step."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long networks are trained, the same for every strategy.

    Attributes
    ----------
    epochs : int
        Passes over the labels, at most.
    steps : int
        With few labels there are more passes, until as many batches were seen.
    augment : bool
        Whether chips are turned and mirrored: seen in the eight positions of a square.
    checkpoints : int
        Moments at which a training is looked at; the best one is kept.
    """

    epochs: int = 20
    steps: int = 100
    augment: bool = True
    checkpoints: int = 4

    @property
    def turns(self) -> int:
        """Positions in which chips are seen."""
        return 8 if self.augment else 1

    def n_epochs(self, n_labels: int) -> int:
        """Return the passes for so many labels."""
        return max(self.epochs, math.ceil(self.steps * BATCH / max(n_labels, 1)))

    def marks(self, n_labels: int) -> tuple[int, ...]:
        """Return the epochs after which a training is looked at; 0 is before the first step."""
        most = self.n_epochs(n_labels)
        shares = [at / self.checkpoints for at in range(self.checkpoints + 1)]
        return tuple(sorted({round(share * most) for share in shares}))
