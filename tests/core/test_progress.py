"""Long work says how far it is."""

from bocage.core import _progress, progress


def test_a_log_file_gets_a_line_at_every_tenth(capsys, monkeypatch):
    monkeypatch.setattr(_progress, "QUIET_SECONDS", -1.0)
    with progress("runs", 100, done=50) as advance:
        for _ in range(50):
            advance(1)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        f"runs: {n} of 100" for n in (60, 70, 80, 90, 100)
    ]
    assert lines[-1].endswith("about 0 s left")


def test_short_work_says_nothing(capsys):
    with progress("runs", 3) as advance:
        advance(3)
    assert capsys.readouterr().err == ""
