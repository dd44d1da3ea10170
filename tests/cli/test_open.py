"""`bocage open`: the page of a study in a browser, where there is one."""

import os
import webbrowser

import pytest

from bocage.cli._open import has_display


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "studies" / "crops"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text("task: landscape\n")
    (folder / "report.html").write_text("<p>page</p>")
    return folder


@pytest.fixture(autouse=True)
def no_screen(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)


def test_a_browser_is_given_the_page(bocage, study, tmp_path, monkeypatch):
    # A browser of the user's own choice, which notes what it was asked to show.
    seen, browser = tmp_path / "seen.txt", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    monkeypatch.setattr(webbrowser, "_browsers", {})
    code, out, err = bocage("open", "studies/crops")
    assert (code, err) == (0, "")
    assert out == "page: studies/crops/report.html\n"
    assert seen.read_text().strip() == (study / "report.html").as_uri()


@pytest.mark.skipif(os.name == "nt", reason="Windows has a screen")
@pytest.mark.usefixtures("study")
def test_without_a_screen_the_path_is_printed_and_it_is_said(bocage):
    assert not has_display()
    code, out, _ = bocage("open", "studies/crops")
    assert code == 0
    assert out.splitlines()[0] == "page: studies/crops/report.html"
    assert "no browser was opened: this session has no display" in out


def test_a_folder_without_a_study_or_a_page_is_refused(bocage, study, tmp_path):
    (tmp_path / "studies" / "other").mkdir()
    code, out, err = bocage("open", "studies/other")
    assert (code, out) == (2, "")
    assert "no study in studies/other (study.yaml is not there)" in err
    # A page of something else is no page of a study.
    (tmp_path / "studies" / "other" / "report.html").touch()
    assert "no study in studies/other" in bocage("open", "studies/other")[2]
    (study / "report.html").unlink()
    code, _, err = bocage("open", "studies/crops")
    assert code == 2
    assert "no page in studies/crops (report.html is not there); run 'bocage compare" in err


@pytest.mark.parametrize("verb", [["open"], ["report"], ["study", "show"], ["fit"], ["terratorch"]])
@pytest.mark.usefixtures("study")
def test_a_mistyped_folder_is_asked_about(bocage, verb):
    more = {"fit": ["--source", "a.tif", "-o", "m"], "terratorch": ["s2:unet:scratch", "-o", "t"]}
    code, out, err = bocage(*verb, "studies/crps", *more.get(verb[0], []))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.rstrip().endswith("did you mean 'studies/crops'?")
    # The folder above was forgotten.
    assert "did you mean 'studies/crops'?" in bocage(*verb, "crops", *more.get(verb[0], []))[2]
