"""Options of a panel are settings, and a command gets all of them by one name."""

import inspect

import pytest
import typer
from typer.testing import CliRunner

from bocage.cli import _compare_options, _data_options, _split_options
from bocage.cli._compare import compare
from bocage.cli._explain import explain
from bocage.cli._options import Sources
from bocage.cli._split import split
from bocage.cli._told import Told, with_options
from bocage.study import StudySettings


@pytest.mark.parametrize("command", [compare, split, explain])
def test_every_option_without_a_value_of_its_own_is_a_setting(command):
    own = {"workers", "dask", "output", "raster", "bands", "scale", "offset", "year",
           "source_crs", "overview", "class_margin"}  # fmt: skip
    parameters = inspect.signature(command).parameters.values()
    found = {one.name for one in parameters if one.default is None} - own
    assert len(found) > 25
    assert found <= set(StudySettings.model_fields)


def test_what_is_typed_is_told_and_the_rest_is_none():
    heard = []

    @with_options("told", _data_options, _split_options, _compare_options, without=["units"])
    def verb(sources: Sources, told: Told, workers: int = 1) -> None:
        heard.append((sources, told, workers))

    app = typer.Typer()
    app.command()(verb)
    typed = ["a.csv", "--min-class", "3", "--group", "x", "--group", "y", "--workers", "2",
             "--no-augment", "--metric", "accuracy"]  # fmt: skip
    assert CliRunner().invoke(app, typed).exit_code == 0
    ((sources, told, workers),) = heard
    assert (sources, workers) == (["a.csv"], 2)
    assert {name: value for name, value in told.items() if value is not None} == {
        "min_class": 3, "groups": ["x", "y"], "augment": False, "metric": "accuracy",
    }  # fmt: skip
    assert "units" not in told
    assert CliRunner().invoke(app, ["a.csv", "--units", "a=b"]).exit_code == 2
