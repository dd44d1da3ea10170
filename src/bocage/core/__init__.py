"""What all rooms share: errors, inputs, content keys, files, progress, executors."""

from bocage.core._errors import (
    BocageError,
    DataError,
    DownloadError,
    SettingsError,
    SplitError,
    StoreError,
)
from bocage.core._executor import Pool, SerialExecutor, open_pool
from bocage.core._files import write_atomic
from bocage.core._hashing import content_key, priorities, row_digests
from bocage.core._inputs import Input, Modality, Scaling, stack
from bocage.core._progress import progress

__all__ = [
    "BocageError",
    "DataError",
    "DownloadError",
    "Input",
    "Modality",
    "Pool",
    "Scaling",
    "SerialExecutor",
    "SettingsError",
    "SplitError",
    "StoreError",
    "content_key",
    "open_pool",
    "priorities",
    "progress",
    "row_digests",
    "stack",
    "write_atomic",
]
