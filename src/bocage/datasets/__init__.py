"""Named tasks: public benchmarks, and the procedural landscape."""

from bocage.datasets._named import is_named, load_task, named_tasks
from bocage.datasets._named_task import NamedTask

__all__ = [
    "NamedTask",
    "is_named",
    "load_task",
    "named_tasks",
]
