"""Pinned files: from the user's folder, the cache, or a (loopback) server."""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bocage.core import DownloadError, PinnedFile, data_folder, fetch, is_offline

CONTENT = b"lon,lat\n1,2\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Server:
    """A loopback server that counts what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                super().do_GET()

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "points.csv").write_bytes(CONTENT)
    running = Server(tmp_path / "served")
    yield running
    running.http.shutdown()
    running.http.server_close()


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    for name in ("BOCAGE_DATA", "BOCAGE_OFFLINE", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def pinned(server: Server, digest: str = DIGEST) -> PinnedFile:
    return PinnedFile("set/points.csv", digest, server.url)


def test_downloads_once(server, tmp_path):
    first = fetch(pinned(server), cache=tmp_path / "cache")
    assert first.read_bytes() == CONTENT
    assert fetch(pinned(server), cache=tmp_path / "cache") == first
    assert server.asked == ["/points.csv"]


def test_the_users_folder_comes_first(server, tmp_path, monkeypatch):
    (tmp_path / "mine" / "set").mkdir(parents=True)
    (tmp_path / "mine" / "set" / "points.csv").write_bytes(CONTENT)
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path / "mine"))
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    found = fetch(pinned(server), cache=tmp_path / "cache")
    assert found == tmp_path / "mine" / "set" / "points.csv"
    assert server.asked == []


def test_a_changed_file_in_the_users_folder_is_refused(server, tmp_path, monkeypatch):
    (tmp_path / "mine" / "set").mkdir(parents=True)
    (tmp_path / "mine" / "set" / "points.csv").write_bytes(CONTENT + b"3,4\n")
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path / "mine"))
    with pytest.raises(DownloadError, match="in BOCAGE_DATA is not the expected file"):
        fetch(pinned(server), cache=tmp_path / "cache")


def test_a_file_that_the_users_folder_lacks_is_downloaded(server, tmp_path, monkeypatch):
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path))
    assert fetch(pinned(server), cache=tmp_path / "cache").read_bytes() == CONTENT


def test_a_wrong_download_is_refused_and_not_kept(server, tmp_path):
    with pytest.raises(DownloadError, match="is not the pinned file"):
        fetch(pinned(server, "0" * 64), cache=tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_damaged_cache_is_fetched_again(server, tmp_path):
    path = fetch(pinned(server), cache=tmp_path / "cache")
    path.write_bytes(b"half")
    assert fetch(pinned(server), cache=tmp_path / "cache").read_bytes() == CONTENT


def test_offline_without_the_file(server, tmp_path, monkeypatch):
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    with pytest.raises(DownloadError, match="BOCAGE_OFFLINE forbids the network") as caught:
        fetch(pinned(server), cache=tmp_path / "cache")
    assert "set/points.csv in the folder that BOCAGE_DATA names" in str(caught.value)
    assert server.asked == []


def test_offline_reads_the_cache_but_not_a_damaged_one(server, tmp_path, monkeypatch):
    path = fetch(pinned(server), cache=tmp_path / "cache")
    monkeypatch.setenv("BOCAGE_OFFLINE", "1")
    assert fetch(pinned(server), cache=tmp_path / "cache") == path
    path.write_bytes(b"half")
    with pytest.raises(DownloadError, match="forbids the network"):
        fetch(pinned(server), cache=tmp_path / "cache")


def test_a_server_that_lacks_the_file(server, tmp_path):
    (tmp_path / "served" / "points.csv").unlink()
    with pytest.raises(DownloadError, match=r"points\.csv can't be downloaded from http://127"):
        fetch(pinned(server), cache=tmp_path / "cache")


def test_no_server(server, tmp_path):
    server.http.shutdown()
    server.http.server_close()
    with pytest.raises(DownloadError, match="can't be downloaded") as caught:
        fetch(pinned(server), cache=tmp_path / "cache")
    assert "\n" not in str(caught.value)


def test_a_folder_of_the_user_comes_before_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("BOCAGE_CACHE", str(tmp_path / "cache"))
    assert data_folder("set") is None
    (tmp_path / "cache" / "set").mkdir(parents=True)
    assert data_folder("set") == tmp_path / "cache" / "set"
    monkeypatch.setenv("BOCAGE_DATA", str(tmp_path / "mine"))
    assert data_folder("set") == tmp_path / "cache" / "set"
    (tmp_path / "mine" / "set").mkdir(parents=True)
    assert data_folder("set") == tmp_path / "mine" / "set"


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("true", True), ("0", False), ("", False), ("no", False)]
)
def test_what_counts_as_offline(monkeypatch, value, expected):
    monkeypatch.setenv("BOCAGE_OFFLINE", value)
    assert is_offline() is expected
