"""What all rooms share: errors, inputs, content keys, files, progress, executors."""

from bocage.core._errors import (
    BocageError,
    DataError,
    DownloadError,
    SettingsError,
    SplitError,
    StoreError,
)
from bocage.core._files import write_atomic
from bocage.core._hashing import content_key, priorities, row_digests
from bocage.core._inputs import Input, Modality, Scaling, stack

__all__ = [
    "BocageError",
    "DataError",
    "DownloadError",
    "Input",
    "Modality",
    "Scaling",
    "SettingsError",
    "SplitError",
    "StoreError",
    "content_key",
    "priorities",
    "row_digests",
    "stack",
    "write_atomic",
]
