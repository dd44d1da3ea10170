"""Inputs that are made from others: one grammar, and one list of what can be made.

``s2.indices`` is the input `s2` as its spectral indices, ``s2@presto`` as a frozen network sees
it, and both go together: ``s2.indices@presto``. A name decides the key of a run: its spelling is
kept as it is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bocage.core import Input, SettingsError
from bocage.features._indices import INDICES, indices

DOT, SIGN = ".", "@"
"""What stands before a transform, and before a network."""

TRANSFORMS: Mapping[str, Callable[[Input], Input]] = MappingProxyType({INDICES: indices})
"""By name, what takes an input and returns another of the same samples, called
``input.transform``."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What an input's name says.

    Attributes
    ----------
    source : str
        The task's own input.
    transforms : tuple of str
        Names in `TRANSFORMS`, in the order in which they are made.
    network : str
        What stands behind ``@``: a frozen network, which reads what the transforms give; empty
        without one.
    """

    source: str
    transforms: tuple[str, ...] = ()
    network: str = ""

    @property
    def table(self) -> str:
        """The name without its network: ``s2.indices``."""
        return DOT.join((self.source, *self.transforms))

    @property
    def is_plain(self) -> bool:
        """Whether it is the task's own input, as it is."""
        return not (self.transforms or self.network)

    def make(self, inputs: Mapping[str, Input]) -> Input:
        """Make the input from a task's own; the network is not run.

        Raises
        ------
        SettingsError
            If the task lacks the source, or a transform can't be made of it.
        """
        if self.source not in inputs:
            raise SettingsError(
                f"this task has no input {self.source!r}; its inputs are: "
                f"{', '.join(sorted(inputs))}"
            )
        return self.transform(inputs[self.source])

    def transform(self, item: Input) -> Input:
        """Make the transforms of an input."""
        for name in self.transforms:
            item = TRANSFORMS[name](item)
        return item


def parse_input(name: str) -> Derived:
    """Read an input's name.

    What stands behind a dot and is no transform belongs to the name of the source.

    Examples
    --------
    >>> parse_input("s2.indices")
    Derived(source='s2', transforms=('indices',), network='')
    >>> parse_input("s2@presto").network, parse_input("dem.slope").source
    ('presto', 'dem.slope')
    """
    stem, _, network = name.partition(SIGN)
    transforms: list[str] = []
    while True:
        source, _, last = stem.rpartition(DOT)
        if not source or last not in TRANSFORMS:
            return Derived(stem, tuple(transforms), network)
        transforms.insert(0, last)
        stem = source
