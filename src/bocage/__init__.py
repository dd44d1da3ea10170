"""Bocage: mapping small areas from few labels.

It answers, on your own data: do public geospatial embeddings with a simple head replace local
fine-tuning, here, with these labels?
"""

from typing import TYPE_CHECKING

from bocage.core import VERSION, BocageError, keep_offline, lazy

if TYPE_CHECKING:
    from bocage.api import (
        Comparison,
        Explained,
        Model,
        compare,
        explain,
        load_model,
        open_study,
        sample,
    )
    from bocage.areas import Design, estimate_areas
    from bocage.datasets import load_task, named_tasks
    from bocage.sources import ArraySource, open_source
    from bocage.splits import (
        BlockKFold,
        ClusterKFold,
        LeaveGroups,
        SplitSettings,
        make_split,
    )
    from bocage.study import StudySettings
    from bocage.tables import read_task
    from bocage.tasks import Samples, Task, build_task

__version__ = VERSION

keep_offline()

_ROOMS = {
    "api": (
        *("Comparison", "Explained", "Model"),
        *("compare", "explain", "load_model", "open_study", "sample"),
    ),
    "areas": ("Design", "estimate_areas"),
    "datasets": ("load_task", "named_tasks"),
    "sources": ("ArraySource", "open_source"),
    "splits": ("BlockKFold", "ClusterKFold", "LeaveGroups", "SplitSettings", "make_split"),
    "study": ("StudySettings",),
    "tables": ("read_task",),
    "tasks": ("Samples", "Task", "build_task"),
}

__all__ = [
    "ArraySource",
    "BlockKFold",
    "BocageError",
    "ClusterKFold",
    "Comparison",
    "Design",
    "Explained",
    "LeaveGroups",
    "Model",
    "Samples",
    "SplitSettings",
    "StudySettings",
    "Task",
    "build_task",
    "compare",
    "estimate_areas",
    "explain",
    "load_model",
    "load_task",
    "make_split",
    "named_tasks",
    "open_source",
    "open_study",
    "read_task",
    "sample",
]

__getattr__ = lazy(__name__, {name: room for room, names in _ROOMS.items() for name in names})


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
