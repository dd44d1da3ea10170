"""Methods in words: what learns, on what."""

from collections.abc import Sequence

from bocage.features import COORDINATES
from bocage.methods import Method
from bocage.sources import AEF_BANDS
from bocage.tasks import Task


def titles(methods: Sequence[Method], task: Task) -> dict[str, str]:
    """Write every method in words: ``logistic regression on AlphaEarth and elevation``.

    An embedding is called AlphaEarth where its dimensions are named so and its values are real;
    other inputs keep the names that the user gave them.
    """
    return {method.name: _title(method, task) for method in methods}


def _title(method: Method, task: Task) -> str:
    if not method.inputs:
        return method.title
    *others, last = [_input(name, task) for name in method.inputs]
    inputs = f"{', '.join(others)} and {last}" if others else last
    network = method.trains_network or method.encoded
    return f"{method.title}{',' * bool(network)} on {inputs}"


def _input(name: str, task: Task) -> str:
    if name == COORDINATES:
        return "coordinates"
    found = task.inputs.get(name)
    real = found is not None and tuple(found.bands) == AEF_BANDS and not task.synthetic
    return "AlphaEarth" if real else name
