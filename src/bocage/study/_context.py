"""What all runs of a study share."""

from collections.abc import Sequence

from bocage.methods import Method, Views
from bocage.splits import InnerMaker, LabelSampler, Split
from bocage.study._plan import Protocol
from bocage.tasks import Task


class Context:
    """What all runs of a study share; sent to each worker once.

    Parameters
    ----------
    task : Task
    split : Split
    methods : sequence of Method
    protocol : Protocol
    """

    def __init__(
        self, task: Task, split: Split, methods: Sequence[Method], protocol: Protocol
    ) -> None:
        self.task = task
        self.split = split
        self.methods = tuple(methods)
        self.protocol = protocol
        self.drawer = LabelSampler(task, split, protocol.seed)
        self.maker = InnerMaker(task, split, protocol.inner_folds)
        self.views = Views(task)

    def __getstate__(self) -> tuple[Task, Split, tuple[Method, ...], Protocol]:
        return self.task, self.split, self.methods, self.protocol

    def __setstate__(self, state: tuple[Task, Split, tuple[Method, ...], Protocol]) -> None:
        # Caches are made again by each worker; they need not travel.
        self.__init__(*state)  # type: ignore[misc]

    def check(self) -> None:
        """Check that every method can read its input, and that weights are there.

        Raises
        ------
        BocageError
            If one can't, or they are not.
        """
        for method in self.methods:
            method.check(self.views)

    def encode(self) -> None:
        """Compute what frozen networks give, before any worker needs it."""
        for method in self.methods:
            if method.encoded:
                method.prepare(self.views, self.protocol.recipe)
