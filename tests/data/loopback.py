"""A server on this machine that gives parts of files, as object stores do."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args, folder, served, **kwargs):
        self.folder, self.served = Path(folder), served
        super().__init__(*args, **kwargs)

    def do_HEAD(self):
        self._answer(body=False)

    def do_GET(self):
        self._answer(body=True)

    def _answer(self, *, body):
        path = self.folder / self.path.lstrip("/")
        if not path.is_file():
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        whole = path.read_bytes()
        asked = self.headers.get("Range", "")
        first, last = 0, len(whole) - 1
        if asked.startswith("bytes="):
            start, _, stop = asked.removeprefix("bytes=").partition("-")
            first, last = int(start), min(int(stop or last), last)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(whole)}")
        else:
            self.send_response(200)
        part = whole[first : last + 1]
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        if body:
            self.served.append(len(part))
            self.wfile.write(part)

    def log_message(self, *_):
        pass


class _Teller(BaseHTTPRequestHandler):
    def __init__(self, *args, asked, **kwargs):
        self.asked = asked
        super().__init__(*args, **kwargs)

    def do_GET(self):
        self.asked.append(self.path)
        self.send_error(404)

    do_HEAD = do_POST = do_GET  # noqa: N815 - their names are given

    def log_message(self, *_):
        pass


@contextmanager
def listen():
    """Serve nothing; yields an address, and a list of all that is asked for."""
    asked = []
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Teller, asked=asked))
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{http.server_port}", asked
    finally:
        http.shutdown()
        http.server_close()


@contextmanager
def serve(folder):
    """Serve a folder; yields its address, and a list of the sizes of all answers."""
    served = []
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, folder=folder, served=served))
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{http.server_port}", served
    finally:
        http.shutdown()
        http.server_close()
