"""The interactive map in a real browser: it shows, it is driven, and it stays at home."""

import dataclasses
import json
import re
import shutil

import numpy as np
import pytest

from bocage.colours import legend_for
from bocage.core import DataError, SettingsError
from bocage.mapping.outputs import class_layer, value_layer, write_cog
from bocage.report import _interactive as module
from bocage.report import content_of, held_out_of, interactive, raster_under, write_interactive
from bocage.sources import Grid

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>"
WINDOW = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def content(toy_study):
    return content_of(toy_study)


@pytest.fixture(scope="module")
def found(toy_study, content):
    return held_out_of(toy_study, content)


@pytest.fixture(scope="module")
def raster(toy_study, tmp_path_factory):
    """A map of three stripes with a corner without data, about the labels of one region."""
    path = tmp_path_factory.mktemp("map") / "map.tif"
    stored = np.repeat(np.array([0, 1, 2], np.uint8), 20)[None, :].repeat(50, axis=0)
    stored[:25, :30] = 255
    grid = Grid("EPSG:32632", (1000, 0, 578_000, 0, -1000, 5_041_000), 50, 60)
    layer = class_layer(legend_for(toy_study.task.classes)).with_tags(
        bocage_target=toy_study.task.title
    )
    write_cog(path, grid, layer, [(grid.whole, stored)])
    return path


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, tmp_path):
    opened = []

    def go(text, size=WINDOW):
        path = tmp_path / "map.html"
        path.write_text(text, encoding="utf-8")
        page = browser.new_page(viewport=size)
        opened.append(page)
        seen = []
        page.on("request", lambda r: seen.append(r.url))
        page.on("console", lambda m: seen.append(m.text))
        page.on("pageerror", lambda e: seen.append(str(e)))
        page.on("dialog", lambda d: (seen.append(d.message), d.dismiss()))
        page.goto(path.as_uri(), wait_until="networkidle")
        noise = [s for s in seen if s != path.as_uri() and not s.startswith("data:")]
        assert noise == []
        return page, seen

    yield go
    for page in opened:
        page.close()


def data_of(text):
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def view(page):
    return page.evaluate(
        "[bocage.map.getZoom(), bocage.map.getCenter().lat, bocage.map.getCenter().lng]"
    )


def until(page, condition):
    """Wait until something is true (the page's policy forbids the library's own way)."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(30)
    raise AssertionError(condition)


def click_on(page, i):
    """Zoom to the label at a place of the data, and click on it."""
    page.evaluate(
        "i => { const p = JSON.parse(document.getElementById('data').textContent).points;"
        " bocage.map.setView([p.lat[i], p.lon[i]], 18, { animate: false }) }",
        i,
    )
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    popup = page.locator(".leaflet-popup-content").last
    popup.wait_for(timeout=3000)
    return popup.inner_text()


@pytest.mark.slow
def test_the_map_is_driven_by_keyboard_and_pointer(visit, toy_study, content, found, raster):
    page, seen = visit(interactive(toy_study, content, found, raster))
    start = view(page)
    page.focus("#map")
    page.keyboard.press("+")
    until(page, f"bocage.map.getZoom() > {start[0]}")
    page.keyboard.press("ArrowRight")
    until(page, f"bocage.map.getCenter().lng > {view(page)[2]} + 1e-9")
    page.keyboard.press("-")
    page.wait_for_timeout(400)
    box = page.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = view(page)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -400)
    until(page, f"bocage.map.getZoom() > {before[0]}")
    page.wait_for_timeout(400)
    before = view(page)
    page.mouse.down()
    page.mouse.move(x + 120, y + 60, steps=4)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert view(page)[2] < before[2]
    # Errors and the map are shown until they are switched off.
    shown = "bocage.map.hasLayer(bocage.errors)"
    assert page.evaluate(shown)
    page.focus("#show-errors")
    page.keyboard.press("Space")
    assert not page.evaluate(shown)
    assert page.locator("img.under").count() == 1
    page.uncheck("#show-under")
    assert page.locator("img.under").count() == 0
    page.select_option("#go", label="Zoom to south")
    until(page, "bocage.map.getCenter().lat < 0")
    assert [s for s in seen if not s.startswith(("data:", "file:"))] == []


@pytest.mark.slow
def test_a_click_tells_truth_prediction_and_probability(visit, toy_study, content, found):
    text = interactive(toy_study, content, found)
    data = data_of(text)
    points = data["points"]
    page, _ = visit(text)
    said = click_on(page, 0)
    truth, prediction = (data["classes"][points[key][0]] for key in ("code", "said"))
    assert truth != prediction
    assert f"truth\n{truth}\nprediction\n{prediction}\nits probability\n" in said
    assert "Suspect label" in said
    assert f"row\n{points['row'][0]}\n" in said
    right = points["wrong"].index(0)
    assert "Suspect label" not in click_on(page, right)
    # The same by keyboard: the list holds the errors, worst first.
    assert page.locator("#list button").count() == sum(points["wrong"])
    page.focus("#list li:nth-child(2) button")
    page.keyboard.press("Enter")
    until(
        page,
        f"document.querySelector('.leaflet-popup-content').innerText.includes('{points['row'][1]}')",
    )
    page.keyboard.press("Escape")


@pytest.mark.slow
def test_hostile_names_are_inert_and_a_phone_shows_all(visit, toy_study, content, found):
    task = dataclasses.replace(toy_study.task, classes=(HOSTILE, "b\u2028&<!--", "c"))
    study = dataclasses.replace(toy_study, task=task)
    bad = dataclasses.replace(content, title=HOSTILE)
    group = np.where(found.group == "east", HOSTILE, found.group)
    page, _ = visit(
        interactive(study, bad, dataclasses.replace(found, group=group)),
        {"width": 360, "height": 740},
    )
    assert page.title() != "owned"
    assert page.locator("img:not(.under)").count() == 0
    assert HOSTILE in page.inner_text("h1")
    assert HOSTILE in page.inner_text(".key")
    assert HOSTILE in page.inner_text("#list")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
    assert page.locator("#map").bounding_box()["height"] >= 320


@pytest.mark.slow
def test_numbers_labels_beyond_180_degrees_and_a_single_one(
    visit, toy_number_study, toy_study, content, found
):
    number = content_of(toy_number_study)
    task = toy_number_study.task
    lonlat = task.lonlat.copy()
    lonlat[:, 0] = np.where(lonlat[:, 0] < 5, 179.5, -179.5)
    lonlat[0, 1] = 89.0
    away = dataclasses.replace(toy_number_study, task=dataclasses.replace(task, lonlat=lonlat))
    text = interactive(away, number, held_out_of(away, number))
    assert {round(lon, 1) for lon in data_of(text)["points"]["lon"]} == {179.5, 180.5}
    page, _ = visit(text)
    assert 179 < view(page)[2] < 181
    assert "1 label beyond 85° north or south" in page.inner_text("#panel")
    assert "residual" in click_on(page, 0)
    one = dataclasses.replace(toy_study, task=toy_study.task.take(np.array([7])))
    at = np.flatnonzero(found.rows == 7)
    names = [f.name for f in dataclasses.fields(found)]
    cut = {n: v[at] for n in names if isinstance(v := getattr(found, n), np.ndarray)}
    single = dataclasses.replace(found, **cut | {"rows": np.array([0])})
    page, _ = visit(interactive(one, content, single))
    assert view(page)[0] == 15
    assert "truth" in click_on(page, 0)


def test_most_labels_and_those_in_the_list_are_bounded(
    toy_study, content, found, raster, monkeypatch
):
    text = interactive(toy_study, content, found, raster)
    assert len(text) < 400_000
    monkeypatch.setattr(module, "MOST_POINTS", 60)
    text = interactive(toy_study, content, found)
    points = data_of(text)["points"]
    assert len(points["lon"]) == 60
    assert sum(points["wrong"]) == (found.truth != found.predicted).sum()
    assert "Drawn: 60 of 360 labels" in text


def test_the_raster_lies_where_it_is_and_its_colours_are_those_of_the_labels(
    toy_study, content, found, raster
):
    import base64

    from rasterio.io import MemoryFile

    data = data_of(interactive(toy_study, content, found, raster))
    west, south, east, north = data["under"]["bounds"]
    assert (west, east) == pytest.approx((9.998, 10.77), abs=0.02)
    assert (south, north) == pytest.approx((45.06, 45.52), abs=0.02)
    picture = base64.b64decode(data["under"]["picture"].partition(",")[2])
    with MemoryFile(picture) as memory, memory.open() as file:
        codes, palette = file.read(1), file.colormap(1)
    assert palette[255][3] == 0
    assert ["#{:02x}{:02x}{:02x}".format(*palette[i][:3]) for i in range(3)] == data["colours"]
    high, wide = codes.shape
    middle = [int(codes[int(0.8 * high), int(share * wide)]) for share in (0.17, 0.5, 0.83)]
    assert middle == [0, 1, 2]
    assert codes[high // 4, wide // 4] == 255


def test_the_raster_is_laid_beside_labels_beyond_180_degrees(toy_study, tmp_path):
    from bocage.report._basemap import picture_of

    path = tmp_path / "map.tif"
    grid = Grid("EPSG:32601", (1000, 0, 130_000, 0, -1000, 1_000_000), 80, 80)
    layer = class_layer(legend_for(toy_study.task.classes))
    write_cog(path, grid, layer, [(grid.whole, np.ones((80, 80), np.uint8))])
    west, _, east, _ = picture_of(path, 180.2, None).bounds
    assert 178 < west < 180 < east < 181.5
    assert picture_of(path, -179.5, None).bounds[0] == pytest.approx(west - 360)


def test_a_map_of_numbers_has_the_scale_of_the_labels(toy_number_study, tmp_path):
    path = tmp_path / "map.tif"
    grid = Grid("EPSG:4326", (0.01, 0, 10, 0, -0.01, 46), 30, 30)
    title = toy_number_study.task.title
    layer = value_layer(title).with_tags(bocage_target=title)
    values = np.full((30, 30), 1e6, np.float32)
    values[:, :10] = np.nan
    write_cog(path, grid, layer, [(grid.whole, values)])
    assert raster_under(toy_number_study, path) == path
    content = content_of(toy_number_study)
    text = interactive(toy_number_study, content, held_out_of(toy_number_study, content), path)
    assert data_of(text)["under"]["bounds"] == pytest.approx([10, 45.7, 10.3, 46])


def test_which_raster_is_meant(toy_study, content, found, raster, tmp_path):
    study = dataclasses.replace(toy_study, folder=tmp_path)
    assert raster_under(study) is None
    shutil.copy(raster, tmp_path / "map.tif")
    assert raster_under(study) == tmp_path / "map.tif"
    assert write_interactive(study, content, found, tmp_path / "map.html").is_file()
    shutil.copy(raster, tmp_path / "second.tif")
    with pytest.raises(SettingsError, match="several maps"):
        raster_under(study)
    (tmp_path / "bad.tif").write_bytes(b"II*\0")
    with pytest.raises(DataError, match="no map of"):
        raster_under(study, tmp_path / "bad.tif")
