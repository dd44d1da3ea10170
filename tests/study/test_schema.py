"""The JSON schema of a study's settings says what the program takes."""

import json
from pathlib import Path

import pytest
import yaml

from bocage.core import SettingsError
from bocage.study import StudySettings, make_settings, settings_schema

jsonschema = pytest.importorskip("jsonschema")
DOCS = Path(__file__).parents[2] / "docs" / "studies"


@pytest.fixture(scope="module")
def checked():
    schema = settings_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_studies_of_the_docs_fit(checked, path):
    assert [error.message for error in checked.iter_errors(yaml.safe_load(path.read_text()))] == []


GOOD = [
    {"task": "landscape"},
    {"task": ["a.csv", "b*.csv"], "target": 2020, "leave": "year", "budgets": [5, "all", 0.1]},
    {"task": "a.csv", "class_names": "names.csv", "rename": {"b1": "B02"}, "nodata": [65535]},
    {"task": "a.csv", "kind": None, "sampling": "probability", "cost": ["size"]},
    {"task": "a.csv", "prevalence": {"water": 0.1, "land": 0.9}, "same_place": 5, "merge": {1: 2}},
]
BAD = [
    {"target": "crop"},
    {"task": "a", "budgts": [5]},
    {"task": "a", "where": "outside"},
    {"task": "a", "cost": ["price"]},
    {"task": "a", "repeats": 0},
    {"task": "a", "inputs": ["A??"]},
    {"task": "a", "methods": []},
    {"task": "a", "margin": -1},
    {"task": "a", "forward": [1]},
]


@pytest.mark.parametrize("values", GOOD, ids=str)
def test_what_the_program_takes_fits(checked, values):
    settings = make_settings(values)
    # JSON's keys are text.
    assert checked.is_valid(json.loads(json.dumps(values)))
    # And so does what a study writes of it.
    assert checked.is_valid(yaml.safe_load(settings.to_yaml()))


@pytest.mark.parametrize("values", BAD, ids=str)
def test_what_the_program_refuses_does_not_fit(checked, values):
    with pytest.raises(SettingsError):
        make_settings(values)
    assert not checked.is_valid(values)


def test_every_key_is_described_and_closed_values_are_listed():
    found = settings_schema()["properties"]
    assert found.keys() == StudySettings.model_fields.keys()
    assert all(about["description"] for about in found.values())
    assert "local" in json.dumps(found["where"])
    assert '"enum": ["labels", "size", "seconds"]' in json.dumps(found["cost"])
    for name, about in found.items():
        for example in about.get("examples", ()):
            make_settings({"task": "a", name: example})
