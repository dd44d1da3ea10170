"""The model that made a map, in the words of STAC's Machine Learning Model extension."""

import re
from collections.abc import Sequence
from typing import Any

from bocage.colours import NO_CLASS, Legend
from bocage.mapping.outputs._about import ModelAbout
from bocage.sources import Coding

SCHEMA = "https://stac-extensions.github.io/mlm/v1.6.0/schema.json"

ARTIFACT = "bocage.model"
"""What kind of file the model is."""

_VERSION = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"


def model_properties(model: ModelAbout, legend: Legend | None) -> dict[str, Any]:
    """Describe a model as properties of an Item.

    Parameters
    ----------
    model : ModelAbout
    legend : Legend, optional
        Of a map of classes.
    """
    out: dict[str, Any] = {
        "mlm:name": model_name(model.name),
        "mlm:architecture": model.architecture,
        "mlm:tasks": [model.task],
        "mlm:pretrained": bool(model.pretrained_on),
        # Null says that there was none.
        "mlm:pretrained_source": model.pretrained_on or None,
        "mlm:accelerator": None,
        "mlm:accelerator_constrained": False,
        "mlm:input": [_input(model)],
        "mlm:output": [_output(model, legend)],
    }
    if model.framework:
        out["mlm:framework"] = model.framework
        if re.match(rf"{_VERSION}$", model.framework_version):
            out["mlm:framework_version"] = model.framework_version
    if model.parameters is not None:
        out["mlm:total_parameters"] = model.parameters
    settings = {
        re.sub(r"[^0-9a-zA-Z_.-]", "_", name): value
        for name, value in sorted(model.hyperparameters.items())
    }
    if settings:
        out["mlm:hyperparameters"] = settings
    return out


def model_name(name: str) -> str:
    """Write a method's name with what the extension allows in one.

    >>> model_name("aef+s1:logistic"), model_name("7")
    ('aef-s1-logistic', 'model-7-x')
    """
    plain = re.sub(r"[^a-zA-Z0-9_.\-]+", "-", name).strip("-_.")
    if re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_.\-]+[a-zA-Z0-9]", plain):
        return plain
    return f"model-{plain}-x" if plain else "model"


def class_names(names: Sequence[str]) -> list[str]:
    """Write class names with what the classification extension allows, each its own.

    >>> class_names(["Snow and ice", "snow-and-ice", "樹"])
    ['Snow_and_ice', 'snow-and-ice', 'class_2']
    """
    out: list[str] = []
    for i, name in enumerate(names):
        plain = re.sub(r"[^0-9a-zA-Z_-]+", "_", name).strip("_") or f"class_{i}"
        out.append(plain if plain not in out else f"{plain}_{i}")
    return out


def classes(legend: Legend) -> list[dict[str, Any]]:
    """List what stored numbers mean, with 'no data' at the end (classification extension)."""
    names = class_names(legend.names)
    listed: list[dict[str, Any]] = [
        {"value": i, "name": names[i], "title": name, "description": name, "color_hint": colour}
        for i, (name, colour) in enumerate(
            (name, colour[1:].upper())
            for name, colour in zip(legend.names, legend.colours, strict=True)
        )
    ]
    last = {"value": NO_CLASS, "name": "no_data", "description": "no data", "nodata": True}
    return [*listed, last]


def _input(model: ModelAbout) -> dict[str, Any]:
    n = len(model.bands)
    out: dict[str, Any] = {
        "name": model.source or "bands",
        "bands": list(model.bands),
        "input": {
            "shape": [-1, n, *(model.window or ())],
            "dim_order": ["batch", "bands", *(["height", "width"] if model.window else [])],
            "data_type": model.dtype,
        },
        "resize_type": None,
        "pre_processing_function": None,
    }
    scaling = _scaling(model.coding, n) if model.coding else None
    if scaling:
        out["value_scaling"] = scaling
    return out


def _scaling(coding: Coding, n_bands: int) -> list[dict[str, Any]] | None:
    """Say how stored numbers become values; one entry stands for all bands."""
    if coding.kind == "square":
        return [
            {
                "type": "processing",
                "format": "gdal-calc",
                "expression": "sign(A) * (A / 127.5) ** 2",
                "description": "decodes stored int8 to AlphaEarth's values; -128 is nodata",
            }
        ]
    n = max(len(coding.scale), len(coding.offset))
    scale = coding.scale if len(coding.scale) == n else coding.scale * n
    offset = coding.offset if len(coding.offset) == n else coding.offset * n
    pairs = list(zip(scale, offset, strict=True))
    if set(pairs) == {(1.0, 0.0)}:
        return None
    # The extension has "scale" (divide) and "offset" (subtract), but one of them a band only;
    # scale x v + offset is (v - mean) / stddev.
    out: list[dict[str, Any]] = [
        {"type": "z-score", "mean": -add / times + 0.0, "stddev": 1 / times} for times, add in pairs
    ]
    return out if n in {1, n_bands} else None


def _output(model: ModelAbout, legend: Legend | None) -> dict[str, Any]:
    where = list(model.window or ())
    dims = ["height", "width"] if model.window else []
    out: dict[str, Any] = {
        "name": "class" if legend else "value",
        "tasks": [model.task],
        "result": {
            "shape": [-1, *where],
            "dim_order": ["batch", *dims],
            "data_type": "uint8" if legend else "float32",
        },
        "post_processing_function": None,
    }
    if legend:
        # The extension's own library knows these four fields, and no others.
        known = ("value", "name", "description", "color_hint")
        out["classification:classes"] = [
            {name: value for name, value in one.items() if name in known}
            for one in classes(legend)
            if "nodata" not in one
        ]
    return out
