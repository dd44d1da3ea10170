"""The one family of errors that users meet, and what errors of others say in their messages."""


def in_one_line(error: BaseException, most: int = 200) -> str:
    r"""Return what an error of a library says, as part of a sentence.

    Parameters
    ----------
    error : exception
    most : int
        Letters, at most.

    Returns
    -------
    str
        The name of its class where it says nothing.

    Examples
    --------
    >>> in_one_line(ValueError("two\n  lines")), in_one_line(MemoryError())
    ('two lines', 'MemoryError')
    """
    return " ".join(str(error).split())[:most] or type(error).__name__


class BocageError(Exception):
    r"""Base of all errors that a user can cause and repair.

    The message is one line: what was found, what was expected, what to do. The command line
    prints it without a traceback and exits with code 2.

    Parameters
    ----------
    message : str
        Blanks and line ends in it become single blanks.

    Examples
    --------
    >>> str(BocageError("found 3;\n  expected 4"))
    'found 3; expected 4'
    """

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class DataError(BocageError):
    """Labels, features or files that can't be used as they are."""


class SettingsError(BocageError):
    """A setting, option or YAML key that makes no sense."""


class SplitError(BocageError):
    """A split that leaves nothing to learn from or to test on."""


class StoreError(BocageError):
    """A study folder that can't be read or written."""


class OutdatedError(StoreError):
    """What another version stored, and this one makes again."""


class DownloadError(BocageError):
    """A file that can't be fetched, or is not the one that was pinned."""


class WorkerError(BocageError):
    """A worker process that ended before its work was done."""
