"""Files of known content: from the user's folder, the cache, or a pinned address."""

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from bocage.core._errors import DownloadError

TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A file that must have known bytes.

    Attributes
    ----------
    path : str
        Where it lies below the folder ``BOCAGE_DATA``, and below the cache.
    sha256 : str
        Hexadecimal digest of its bytes.
    base_url : str
        Address of the folder that it is fetched from, at a pinned commit.
    """

    path: str
    sha256: str
    base_url: str

    @property
    def name(self) -> str:
        """File name without folders."""
        return self.path.rpartition("/")[2]


def data_file(path: str) -> Path | None:
    """Return a file of the folder ``BOCAGE_DATA``, or None where it is not there."""
    folder = os.environ.get("BOCAGE_DATA", "")
    if not folder:
        return None
    found = Path(folder).expanduser() / path
    return found if found.is_file() else None


def data_folder(path: str) -> Path | None:
    """Return a folder below ``BOCAGE_DATA`` or the cache, or None where neither holds it.

    For files that users fetch and unpack themselves, because no address of them is pinned.
    """
    folder = os.environ.get("BOCAGE_DATA", "")
    above = [Path(folder).expanduser()] if folder else []
    found = (item / path for item in (*above, cache_folder()))
    return next((item for item in found if item.is_dir()), None)


def is_offline() -> bool:
    """Tell whether ``BOCAGE_OFFLINE`` forbids the network."""
    return os.environ.get("BOCAGE_OFFLINE", "").strip().lower() not in ("", "0", "false", "no")


def keep_offline() -> None:
    """Where ``BOCAGE_OFFLINE`` forbids the network, forbid it to libraries that look it up alone.

    PROJ asks a server for grids of datums where that is switched on, and pretrained networks are
    looked for on a hub. Both read their switch when they are loaded, and so do workers.
    """
    if is_offline():
        os.environ.update(PROJ_NETWORK="OFF", HF_HUB_OFFLINE="1")


def cache_folder() -> Path:
    """Return the folder for downloads and frozen features: ``BOCAGE_CACHE``, or the user's own."""
    import pooch

    chosen = os.environ.get("BOCAGE_CACHE", "")
    return Path(chosen).expanduser() if chosen else Path(pooch.os_cache("bocage"))


def fetch(file: PinnedFile, *, cache: Path | None = None, base_url: str | None = None) -> Path:
    """Return a local copy of a file, downloaded where there is none.

    Parameters
    ----------
    file : PinnedFile
    cache : Path, optional
        Folder that downloads are kept in; the user's cache folder unless given.
    base_url : str, optional
        Another address for the same bytes.

    Raises
    ------
    DownloadError
        If the file in ``BOCAGE_DATA`` is not the pinned one, the network is forbidden, the
        download fails, or what came is not the pinned file.
    """
    local = data_file(file.path)
    if local is not None:
        found = sha256_of(local)
        if found != file.sha256:
            raise DownloadError(
                f"{file.path} in BOCAGE_DATA is not the expected file (SHA-256 {found[:12]}..., "
                f"expected {file.sha256[:12]}...): replace it, or remove it to have it downloaded"
            )
        return local
    folder = cache or cache_folder()
    kept = folder / file.path
    if kept.is_file() and sha256_of(kept) == file.sha256:
        return kept
    if is_offline():
        raise DownloadError(
            f"{file.name} is not on this machine, and BOCAGE_OFFLINE forbids the network; unset "
            f"it, or put the file at {file.path} in the folder that BOCAGE_DATA names"
        )
    return _download(file, folder, base_url or file.base_url)


def _download(file: PinnedFile, folder: Path, base_url: str) -> Path:
    import pooch
    from requests import RequestException

    url = f"{base_url.rstrip('/')}/{file.name}"
    store = pooch.create(
        path=folder,
        base_url="",
        registry={file.path: f"sha256:{file.sha256}"},
        urls={file.path: url},
        retry_if_failed=1,
    )
    log = pooch.get_logger()
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        return Path(
            store.fetch(file.path, downloader=pooch.HTTPDownloader(timeout=TIMEOUT_SECONDS))
        )
    except ValueError as error:
        # pooch raises it for a wrong hash, and requests for an address that is none.
        reason = "was downloaded, but is not the pinned file (its SHA-256 differs)"
        if isinstance(error, RequestException):
            reason = f"can't be downloaded from {url} ({_root(error)})"
        raise DownloadError(f"{file.name} {reason}; {_instead(file)}") from error
    except (RequestException, OSError) as error:
        raise DownloadError(
            f"{file.name} can't be downloaded from {url} ({_root(error)}); {_instead(file)}"
        ) from error
    finally:
        log.setLevel(level)


def _root(error: BaseException) -> str:
    """Name what went wrong at the bottom of a chain of network errors."""
    reason: BaseException = error
    while reason.args and isinstance(inner := getattr(reason.args[0], "reason", None), Exception):
        reason = inner
    text = str(reason.__cause__ or reason.__context__ or reason)
    return " ".join(text.split())[:200]


def _instead(file: PinnedFile) -> str:
    return f"try again, or put the file at {file.path} in the folder that BOCAGE_DATA names"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
