"""Which methods of a study can be written for which other program."""

from bocage.core import SettingsError, listed
from bocage.features import parse_input
from bocage.methods import HEADS, Method, ShallowMethod, read_inputs
from bocage.sources import AEF_BANDS
from bocage.study import Study

TARGETS = {"onnx": "ONNX", "earthengine": "Earth Engine"}
"""Other programs, as they are typed and as they are called."""


def check_exportable(study: Study, method: Method, to: str) -> None:
    """Refuse a method that can't be written for another program, and name those that can.

    Parameters
    ----------
    study : Study
    method : Method
        Of the study.
    to : str
        A key of `TARGETS`.

    Raises
    ------
    SettingsError
        If it can't.
    """
    if not (why := _obstacle(study, method, to)):
        return
    able = [other.name for other in study.methods if not _obstacle(study, other, to)]
    do = f"name another method of the study with --method ({listed(able, 4)})"
    if not able:
        do = "no method of this study can: compare aef:logistic or aef:forest too, and export that"
        if to == "onnx":
            do = "no method of this study can: compare a linear or tree method too, and export that"
    raise SettingsError(f"{method.name} can't be written for {TARGETS[to]}: {why}; {do}")


def _obstacle(study: Study, method: Method, to: str) -> str:
    """Say why a method can't be written for another program; nothing where it can."""
    if not isinstance(method, ShallowMethod) or method.encoded:
        return "it is a network, and expected is a model of the bands of one pixel"
    # Coordinates are no band: a method that reads them alone reads no input.
    if (
        len(method.inputs) != 1
        or not read_inputs(method)
        or not parse_input(method.inputs[0]).is_plain
    ):
        return "it reads more than one input, or none, and expected are the bands of one"
    if not method.spec.in_onnx(study.task.kind.head.name):
        return "it is a baseline without a counterpart there"
    return _missing_in_earth_engine(study, method) if to == "earthengine" else ""


def _missing_in_earth_engine(study: Study, method: ShallowMethod) -> str:
    kind = study.task.kind.head.name
    if not method.spec.is_sum(kind):
        able = [spec.name for spec in HEADS.own.values() if spec.is_sum(kind)]
        return f"expected is a linear model or trees, one of {', '.join(able)}"
    if study.task.averaged:
        return "it was trained on means of polygons, and a script maps single pixels"
    item = study.task.inputs[method.inputs[0]]
    columns = item.bands if item.form == "table" else item.columns_by_date
    if not set(columns) <= set(AEF_BANDS):
        return (
            "Earth Engine holds AlphaEarth's bands A00 to A63, and the method reads "
            f"{listed(columns, 4)}"
        )
    return ""
