"""Label tables, named benchmarks and the procedural landscape."""

from bocage.tasks._task import Kind, Samples, Task, build_task

__all__ = ["Kind", "Samples", "Task", "build_task"]
