"""Named tasks: public benchmarks, and the procedural landscape."""

from bocage.datasets._named import TableOptions, is_named, load_task, named_tasks

__all__ = [
    "TableOptions",
    "is_named",
    "load_task",
    "named_tasks",
]
