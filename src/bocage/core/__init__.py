"""What all rooms share: errors, inputs, content keys, files, progress, executors."""

from typing import TYPE_CHECKING

from bocage.core._errors import (
    BocageError,
    DataError,
    DownloadError,
    OutdatedError,
    SettingsError,
    SplitError,
    StoreError,
    WorkerError,
    in_one_line,
)
from bocage.core._lazy import lazy

if TYPE_CHECKING:
    from bocage.core._claim import claimed
    from bocage.core._executor import Pool, SerialExecutor, open_pool, open_threads
    from bocage.core._fetch import (
        PinnedFile,
        cache_folder,
        data_file,
        data_folder,
        fetch,
        is_offline,
        keep_offline,
        sha256_of,
    )
    from bocage.core._files import (
        SUFFIX,
        put_in_place,
        read_regular,
        refuse_special,
        sweep,
        temporary_prefix,
        write_atomic,
    )
    from bocage.core._hashing import content_key, priorities, row_digests
    from bocage.core._inputs import Input, Modality, Scaling, stack
    from bocage.core._kinds import (
        CLASSIFICATION,
        KINDS,
        REGRESSION,
        SEGMENTATION,
        Kind,
        KindName,
        find_kind,
    )
    from bocage.core._meant import closest, did_you_mean
    from bocage.core._meter import measured
    from bocage.core._names import (
        as_float,
        counted,
        decimals,
        listed,
        mean_count,
        metres_in_words,
        part_of,
        plural,
        rounded_up,
        three_digits,
    )
    from bocage.core._nodata_marks import NODATA
    from bocage.core._origin import Origin, merged_origin, read_origins, write_origins
    from bocage.core._outputs import Output, check_ending, check_folder, check_outputs, is_model
    from bocage.core._packages import how_to_install, imported, release_of
    from bocage.core._plugins import Plugin, plugins
    from bocage.core._presence import Mark, at_work
    from bocage.core._printable import cells, printable
    from bocage.core._progress import in_time, progress
    from bocage.core._registry import Registry
    from bocage.core._result_store import ResultStore
    from bocage.core._sphere import unit_vectors
    from bocage.core._spoken import in_python, option_of
    from bocage.core._tables import rows_of, table_names
    from bocage.core._types import Codes, Flags, Floats, Ints
    from bocage.core._unwritten import not_written
    from bocage.core._version import VERSION
    from bocage.core._work import Stages, Workers, undone, work_off
    from bocage.core._yaml import parse_yaml

__all__ = [
    "CLASSIFICATION",
    "KINDS",
    "NODATA",
    "REGRESSION",
    "SEGMENTATION",
    "SUFFIX",
    "VERSION",
    "BocageError",
    "Codes",
    "DataError",
    "DownloadError",
    "Flags",
    "Floats",
    "Input",
    "Ints",
    "Kind",
    "KindName",
    "Mark",
    "Modality",
    "Origin",
    "OutdatedError",
    "Output",
    "PinnedFile",
    "Plugin",
    "Pool",
    "Registry",
    "ResultStore",
    "Scaling",
    "SerialExecutor",
    "SettingsError",
    "SplitError",
    "Stages",
    "StoreError",
    "WorkerError",
    "Workers",
    "as_float",
    "at_work",
    "cache_folder",
    "cells",
    "check_ending",
    "check_folder",
    "check_outputs",
    "claimed",
    "closest",
    "content_key",
    "counted",
    "data_file",
    "data_folder",
    "decimals",
    "did_you_mean",
    "fetch",
    "find_kind",
    "how_to_install",
    "imported",
    "in_one_line",
    "in_python",
    "in_time",
    "is_model",
    "is_offline",
    "keep_offline",
    "lazy",
    "listed",
    "mean_count",
    "measured",
    "merged_origin",
    "metres_in_words",
    "not_written",
    "open_pool",
    "open_threads",
    "option_of",
    "parse_yaml",
    "part_of",
    "plugins",
    "plural",
    "printable",
    "priorities",
    "progress",
    "put_in_place",
    "read_origins",
    "read_regular",
    "refuse_special",
    "release_of",
    "rounded_up",
    "row_digests",
    "rows_of",
    "sha256_of",
    "stack",
    "sweep",
    "table_names",
    "temporary_prefix",
    "three_digits",
    "undone",
    "unit_vectors",
    "work_off",
    "write_atomic",
    "write_origins",
]

# Errors are needed to say anything; the rest brings numpy, which the command line's help can
# do without.
_MODULES = {
    "_claim": ("claimed",),
    "_executor": ("Pool", "SerialExecutor", "open_pool", "open_threads"),
    "_fetch": (
        "PinnedFile",
        "cache_folder",
        "data_file",
        "data_folder",
        "fetch",
        "is_offline",
        "keep_offline",
        "sha256_of",
    ),
    "_files": (
        "SUFFIX",
        "put_in_place",
        "read_regular",
        "refuse_special",
        "sweep",
        "temporary_prefix",
        "write_atomic",
    ),
    "_nodata_marks": ("NODATA",),
    "_origin": ("Origin", "merged_origin", "read_origins", "write_origins"),
    "_outputs": ("Output", "check_ending", "check_folder", "check_outputs", "is_model"),
    "_hashing": ("content_key", "priorities", "row_digests"),
    "_inputs": ("Input", "Modality", "Scaling", "stack"),
    "_kinds": (
        "CLASSIFICATION",
        "KINDS",
        "REGRESSION",
        "SEGMENTATION",
        "Kind",
        "KindName",
        "find_kind",
    ),
    "_names": (
        "as_float",
        "counted",
        "decimals",
        "listed",
        "mean_count",
        "metres_in_words",
        "part_of",
        "plural",
        "rounded_up",
        "three_digits",
    ),
    "_meant": ("closest", "did_you_mean"),
    "_meter": ("measured",),
    "_packages": ("how_to_install", "imported", "release_of"),
    "_plugins": ("Plugin", "plugins"),
    "_presence": ("Mark", "at_work"),
    "_printable": ("cells", "printable"),
    "_progress": ("in_time", "progress"),
    "_registry": ("Registry",),
    "_result_store": ("ResultStore",),
    "_sphere": ("unit_vectors",),
    "_spoken": ("in_python", "option_of"),
    "_tables": ("rows_of", "table_names"),
    "_types": ("Codes", "Flags", "Floats", "Ints"),
    "_unwritten": ("not_written",),
    "_version": ("VERSION",),
    "_work": ("Stages", "Workers", "undone", "work_off"),
    "_yaml": ("parse_yaml",),
}
__getattr__ = lazy(__name__, {name: m for m, names in _MODULES.items() for name in names})
