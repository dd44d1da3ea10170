"""Label tables, named benchmarks and the procedural landscape."""

from bocage.tasks._checks import check_leave, dequantise_int8
from bocage.tasks._named import TableOptions, is_named, load_task, named_tasks
from bocage.tasks._spec import InputSpec
from bocage.tasks._table import read_task
from bocage.tasks._task import Kind, Samples, Task, build_task

__all__ = [
    "InputSpec",
    "Kind",
    "Samples",
    "TableOptions",
    "Task",
    "build_task",
    "check_leave",
    "dequantise_int8",
    "is_named",
    "load_task",
    "named_tasks",
    "read_task",
]
