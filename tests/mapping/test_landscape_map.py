"""The invented country, mapped: its truth is known for every pixel."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from tests.data.alphaearth import write_alphaearth
from tests.data.scripts import load_script

from bocage.datasets.landscape import LandscapeSettings, landscape, landscape_chips
from bocage.features import matrix
from bocage.mapping import MapRequest, make_map
from bocage.methods import Head, fit_tuned, parse_method
from bocage.metrics import ece
from bocage.models import Applicability, MapModel, Training, training_prior
from bocage.sources import AEF_BANDS, AEF_CODING, Declared, open_source
from bocage.splits import Fold, InnerMaker, SplitSettings, make_split

SIDE = 128


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    settings = LandscapeSettings()
    points, chips = landscape(settings), landscape_chips(settings, chips=4, side=SIDE)
    X, y = points.inputs["aef"].values, points.target
    counts = np.bincount(y, minlength=points.n_classes)
    model = MapModel(
        Head("logistic", "classification", {"C": 10.0}, points.n_classes,
             np.zeros(64, bool)).fit(X, y),
        AEF_BANDS, AEF_CODING, "cover", Training(tuple(counts.tolist())), points.classes,
        prior=tuple(training_prior("logistic", counts)),
        applicability=Applicability.fit(X, points.groups["region"]),
    )  # fmt: skip
    values = chips.inputs["aef"].values[0].astype(np.float64)
    stored = np.rint(127.5 * np.sign(values) * np.sqrt(np.abs(values))).astype(np.int8)
    path = tmp_path_factory.mktemp("country") / "aef.tif"
    write_alphaearth(path, SIDE, SIDE, values=stored, bottom_up=False)
    assert points.classes == chips.classes
    return model, path, chips.masks[0]


def _mapped(model, path, out, **declared):
    made = make_map(
        model, open_source(path, Declared(**declared)), out, MapRequest(("applicability",))
    )
    with (
        rasterio.open(made.files["class"]) as file,
        rasterio.open(made.files["applicability"]) as far,
    ):
        return file.read(1), far.read(1)


def test_the_country_is_mapped_far_better_than_by_chance(world, tmp_path):
    model, path, truth = world
    found, far = _mapped(model, path, tmp_path / "map.tif")
    known = truth >= 0
    right = found[known] == truth[known]
    share = np.bincount(truth[known], minlength=len(model.classes)) / known.sum()
    assert right.mean() > share.max() + 0.2
    # What the model was tested on is what it maps: most pixels lie within.
    assert (far[known] <= 100).mean() > 0.7


def test_noise_lies_outside_of_what_the_labels_show(world, tmp_path):
    model = world[0]
    write_alphaearth(tmp_path / "noise.tif", SIDE, SIDE, seed=9)
    _, far = _mapped(model, tmp_path / "noise.tif", tmp_path / "map.tif")
    known = far < 255
    assert (far[known] > 100).mean() > 0.8


@pytest.mark.parametrize("regime", ["out", "local"])
def test_class_shares_do_not_ruin_a_map_of_calibrated_probabilities(world, tmp_path, regime):
    # Balanced accuracy alone takes C = 0.01 here: 99.9 % right, and 51.6 % with estimated shares.
    model, path, truth = world
    points = landscape(LandscapeSettings())
    region, rows = points.groups["region"], np.arange(len(points))
    inner = InnerMaker(points, make_split(points, SplitSettings("region"))).make(
        Fold("all", regime, "", rows, rows[:0], {}), rows
    )
    fitted = fit_tuned(
        parse_method("aef:logistic"), matrix(points.inputs, points.lonlat, ("aef",)),
        points.target, rows, inner, kind="classification", n_classes=points.n_classes, trials=4,
        seed=0,
    )  # fmt: skip
    assert len(set(region)) > 3
    tuned = replace(model, head=fitted.learner, noise=fitted.noise)
    known = truth >= 0
    share = np.bincount(truth[known], minlength=len(model.classes)) / known.sum()
    right, error = {}, {}
    for name, prior in (
        ("plain", ""),
        ("true", dict(zip(model.classes, share.tolist(), strict=True))),
        ("estimated", "estimated"),
    ):
        made = make_map(
            tuned, open_source(path, Declared()), tmp_path / f"{name}.tif", MapRequest(prior=prior)
        )
        with (
            rasterio.open(made.files["class"]) as file,
            rasterio.open(made.files["confidence"]) as sure,
        ):
            hit = file.read(1)[known] == truth[known]
            stated = sure.read(1)[known] / 100
        right[name], error[name] = hit.mean(), ece(stated, hit, 10)
        # No pixel is surer than labels are right.
        assert stated.max() <= round(1 - 0.75 * fitted.noise, 2)
    assert right["plain"] > 0.99
    assert right["true"] > 0.99 * right["plain"]
    assert right["estimated"] > 0.99 * right["plain"]
    # Mean over ten bins of confidence, each counts by its pixels.
    assert max(error.values()) < 0.05


@pytest.mark.parametrize(
    "seeds", [range(60_000, 60_002), pytest.param(range(61_000, 61_012), marks=pytest.mark.truth)]
)
def test_confidence_among_the_labels_comes_true_in_ten_bins(seeds):
    found = load_script("map_confidence").measure(seeds)
    worst = {}
    for (regime, name), one in found.items():
        worst[regime, name] = max(float(np.nanmax(np.abs(part))) for part in one.gaps())
        if name.endswith("shares"):
            assert np.mean(one.kept) > 0.99
    # Few countries have few parcels, which are right or wrong as a whole.
    near = 0.05 if len(seeds) > 4 else 0.08
    for name in ("plain", "true shares", "estimated shares"):
        assert worst["local", name] < near
    # What this took: wrong labels that are known as such, and the regime of the land mapped.
    assert worst["local", "alone"] > 0.06
    assert worst["out", "plain"] > 0.06
