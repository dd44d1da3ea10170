"""The JSON schema of a study's settings, for editors."""

from typing import Any

from bocage.study._settings import StudySettings

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def settings_schema() -> dict[str, Any]:
    """Describe the settings of a study (``study.yaml``) as a JSON schema.

    Every key has a description, and values of which there are few are listed. YAML reads a column
    called 2020 as a number, as does the schema: it allows numbers wherever text is expected.

    Returns
    -------
    dict
        By JSON Schema 2020-12.

    Examples
    --------
    >>> settings_schema()["properties"]["target"]["description"]
    'Column to predict.'
    """
    made = StudySettings.model_json_schema()
    made["title"] = "Settings of a study"
    made["description"] = "What decides a study of Bocage, as in study.yaml."
    for name, about in made["properties"].items():
        # What pydantic makes of a name says nothing more than the name.
        about.pop("title", None)
        made["properties"][name] = _with_numbers(about)
    return {"$schema": DIALECT, **made}


def _with_numbers(part: Any) -> Any:
    """Allow numbers wherever any text is allowed."""
    if isinstance(part, list):
        return [_with_numbers(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {key: _with_numbers(value) for key, value in part.items()}
    if part.get("type") == "string" and "enum" not in part and "const" not in part:
        found["type"] = ["string", "number"]
    return found
