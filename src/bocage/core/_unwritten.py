"""What is said where a file or folder can't be written, by what the system said of it."""

import errno
from pathlib import Path

from bocage.core._errors import StoreError

_RIGHTS = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ABSENT = (errno.ENOENT, errno.ENOTDIR)

OTHER_FOLDER = "choose another folder with -o"


def not_written(path: str | Path, error: BaseException, other: str = OTHER_FOLDER) -> StoreError:
    """Say in one line that something can't be written, why, and what can be done about it.

    Parameters
    ----------
    path : str or Path
        What should have been written; or words for it.
    error : BaseException
        Of the system, or of a library that does not hand on what the system said.
    other : str
        How another folder is chosen.

    Examples
    --------
    >>> print(not_written("map.tif", PermissionError(errno.EACCES, "Permission denied")))
    can't write map.tif (Permission denied); change the rights of its folder, or choose another ...
    """
    number = error.errno if isinstance(error, OSError) else None
    why = getattr(error, "strerror", None) or " ".join(str(error).split())[:160] or "unknown"
    do, end = f"free some space, or {other}", ""
    if number in _RIGHTS:
        do = f"change the rights of its folder, or {other}"
    elif number in _ABSENT:
        do = f"its folder does not exist and can't be created: {other}"
    elif number in _FULL:
        end = ": nothing finished is lost"
        # A file may be longer than allowed on a disk that has room.
        why = why if number == errno.EFBIG else f"the disk is full: {why}"
    elif number is None:
        # GDAL doesn't hand on why the system refused to write.
        why = f"the disk may be full: {why}"
    return StoreError(f"can't write {path} ({why}); {do}, then run the same command again{end}")
