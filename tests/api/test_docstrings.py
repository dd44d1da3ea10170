"""What `bocage` offers is documented as an API page needs it."""

import inspect
import re

import pytest
from numpydoc.validate import validate

import bocage

CHECKED = {
    "PR01": "parameters that are not documented",
    "PR02": "parameters that are documented and not there",
    "PR04": "parameters without a type",
    "RT01": "nothing said of what is returned",
    "GL08": "no docstring",
}
SECTION = r"\n\s*{}\n\s*-+\n(.*?)(?=\n\s*\w[\w ]*\n\s*-{{3,}}\n|\Z)"


def _offered():
    for name in bocage.__all__:
        thing = getattr(bocage, name)
        where = f"{thing.__module__}.{thing.__qualname__}"
        yield where, thing
        if inspect.isclass(thing):
            for own, method in vars(thing).items():
                if not own.startswith("_") and inspect.isfunction(inspect.unwrap(method)):
                    yield f"{where}.{own}", method


OFFERED = dict(_offered())


def _attributes(thing) -> set[str]:
    """Names in the section of attributes: of a value they are its parameters."""
    doc = inspect.getdoc(thing) or ""
    found = re.search(SECTION.format("Attributes"), "\n" + doc, re.DOTALL)
    lines = found[1].splitlines() if found else []
    heads = [line for line in lines if line and not line[0].isspace()]
    return {name.strip() for line in heads for name in line.partition(":")[0].split(",")}


@pytest.mark.parametrize("where", OFFERED)
def test_parameters_and_returns_are_complete(where):
    thing = OFFERED[where]
    known = _attributes(thing) if inspect.isclass(thing) else set()
    if thing is bocage.Samples:
        known |= _attributes(bocage.Task)
    if thing is bocage.StudySettings:
        # Each field describes itself, for the editors' schema and the reference page.
        fields = bocage.StudySettings.model_fields
        known |= {name for name, field in fields.items() if field.description or name == "name"}
    for code, text in validate(where)["errors"]:
        if code == "PR01" and known:
            missing = set(re.findall(r"'(\w+)'", text)) - known
            assert not missing, f"{where}: not documented: {sorted(missing)}"
        elif code == "RT01" and _returns_nothing(thing):
            continue
        else:
            assert code not in CHECKED, f"{where}: {CHECKED[code]}: {text}"


def _returns_nothing(thing) -> bool:
    said = inspect.signature(inspect.unwrap(thing)).return_annotation
    return said in (None, "None")


@pytest.mark.parametrize("where", [name for name in OFFERED if name.count(".") <= 3])
def test_every_public_name_has_an_example(where):
    thing = OFFERED[where]
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert ">>> " in (inspect.getdoc(thing) or ""), where
