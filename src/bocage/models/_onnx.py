"""A model as an ONNX file, and how well the two agree."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bocage.core import SettingsError, StoreError, how_to_install, write_atomic
from bocage.models._model import MapModel
from bocage.models._probes import probes

N_ROWS = 4096
NEAR = 1e-3
"""Predictions this near (of probabilities, or of the spread of values) agree: ONNX computes in
single precision, where a value next to a threshold may fall on its other side."""

FEW = 0.01
"""Share of rows that may disagree; more is a conversion that went wrong."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well an ONNX file agrees with the model that it was made of.

    Attributes
    ----------
    n_rows : int
        Random rows that both predicted.
    largest : float
        Difference of probabilities, or of values.
    typical : float
        Its median over rows.
    n_other_class : int
        Rows that get another class; 0 for regression.
    is_class : bool
        Whether classes are predicted.
    """

    n_rows: int
    largest: float
    typical: float
    n_other_class: int
    is_class: bool = True

    def __str__(self) -> str:
        """Say it in words."""
        classes = f", different class in {self.n_other_class}" if self.is_class else ""
        return (
            f"ONNX compared with Bocage on {self.n_rows} random rows: largest difference "
            f"{self.largest:.2g}, median {self.typical:.2g}{classes}"
        )


def to_onnx(model: MapModel, path: Path | str) -> Agreement:
    """Write a model as an ONNX file, and compare what the two predict.

    The file takes ``bands``, float32 (n, n_bands), as values in the model's order, not as stored
    numbers and not standardised; it gives ``probabilities``, float32 (n, n_classes), of all
    classes in their order, or ``value``, float32 (n, 1). Names, coding, product and licence stand
    in its metadata.

    Parameters
    ----------
    model : MapModel
    path : path

    Returns
    -------
    Agreement
        Measured by onnxruntime on random rows around the training data; print it.

    Raises
    ------
    SettingsError
        If the optional libraries are missing, or the head has no converter.
    StoreError
        If the file can't be written, or predicts something else; nothing is written then.
    """
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise SettingsError(
            f"{error.name} is not installed, and ONNX files need it: {how_to_install('onnx')}"
        ) from error
    graph = _with_outputs(model, _convert(model))
    facts = {
        "bocage": model.bocage,
        "target": model.target,
        "unit": model.unit,
        "classes": json.dumps(model.classes),
        "bands": json.dumps(model.bands),
        "coding": f"{model.coding.kind} {model.coding.scale} {model.coding.offset}",
        "product": f"{model.product} {model.version}".strip(),
        "licence": model.licence,
        "attribution": model.attribution,
    }
    onnx.helper.set_model_props(graph, facts)
    data = graph.SerializeToString()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    rows = probes(model, N_ROWS, 1)
    found = session.run(None, {"bands": rows.astype(np.float32)})[0].astype(np.float64)
    agreement = _compare(model, model.predict(rows), found)
    write_atomic(Path(path), data)
    return agreement


def is_onnx_of_bocage(path: Path) -> bool:
    """Tell whether a file is an ONNX model that Bocage wrote."""
    try:
        import onnx
    except ImportError:
        return False
    try:
        made = onnx.load(path, load_external_data=False)
    except Exception:  # noqa: BLE001 - those of protobuf, which has no types
        return False
    return any(item.key == "bocage" for item in made.metadata_props)


def _compare(
    model: MapModel, expected: NDArray[np.float64], found: NDArray[np.float64]
) -> Agreement:
    if found.shape != expected.shape:
        raise StoreError(
            f"the ONNX file gives output of shape {found.shape}, and the model {expected.shape}; "
            "nothing was written: please report this with the versions of your libraries"
        )
    apart = np.abs(found - expected).max(axis=1)
    is_classes = model.has_classes
    other = int((found.argmax(axis=1) != expected.argmax(axis=1)).sum()) if is_classes else 0
    near = NEAR if is_classes else NEAR * max(float(expected.std()), float(np.abs(expected).max()))
    agreement = Agreement(
        len(found), float(apart.max()), float(np.median(apart)), other, bool(model.classes)
    )
    if not (apart <= near).mean() >= 1.0 - FEW:
        raise StoreError(
            f"{agreement}: more than {FEW:.0%} of the rows disagree, so nothing was written; "
            "please report this with the versions of your libraries"
        )
    return agreement


def _convert(model: MapModel) -> Any:
    """Convert the estimator, and what standardises before it."""
    head = model.plain_head("as ONNX")
    d = len(model.bands)
    form = head.spec.onnx
    if form is None or head.kind not in form.kinds:
        raise SettingsError(
            f"a {head.model} model for {head.kind} has no ONNX converter; it is a baseline for "
            "comparison: export a method that beats it"
        )
    if form.convert is not None:
        from onnxmltools.convert.common.data_types import FloatTensorType as FloatTensor

        return form.convert(head.estimator_, [("bands", FloatTensor([None, d]))])
    import skl2onnx
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.pipeline import Pipeline

    estimator = head.estimator_ if form.stand_in is None else form.stand_in(head.estimator_)
    options = {id(estimator): {"zipmap": False}} if model.has_classes else None
    scaled = (
        estimator if head.scaling is None else Pipeline([("s", _scaler(model)), ("e", estimator)])
    )
    graph = skl2onnx.to_onnx(
        scaled, initial_types=[("bands", FloatTensorType([None, d]))], options=options
    )
    return graph if form.mend is None else form.mend(graph)


def _scaler(model: MapModel) -> Any:
    """Build the head's standardisation, which leaves other bands as they are."""
    from sklearn.preprocessing import StandardScaler

    columns, mean, spread = model.plain_head("as ONNX").scaling  # type: ignore[misc]
    scaler = StandardScaler()
    d = scaler.n_features_in_ = len(model.bands)
    scaler.mean_, scaler.scale_ = np.zeros(d), np.ones(d)
    scaler.mean_[columns], scaler.scale_[columns] = mean, spread
    return scaler


def _with_outputs(model: MapModel, graph: Any) -> Any:
    """Leave one output, of one name and shape whatever made the graph."""
    from onnx import TensorProto, helper, numpy_helper

    is_classes = model.has_classes
    name, width = ("probabilities", len(model.classes)) if is_classes else ("value", 1)
    made = graph.graph.output[-1 if is_classes else 0].name
    inner = f"{made}_of_estimator"
    for node in graph.graph.node:
        for names in (node.input, node.output):
            names[:] = [inner if item == made else item for item in names]
    del graph.graph.output[:]
    graph.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width]))
    if not is_classes:
        graph.graph.initializer.append(
            numpy_helper.from_array(np.array([-1, 1], np.int64), "as_column")
        )
        graph.graph.node.append(helper.make_node("Reshape", [inner, "as_column"], [name]))
        return graph
    inner = _tempered(model, graph, _balanced(model, graph, inner))
    # Classes that were never seen have a column of zeros, and what noise gives to any class.
    spread = (1 - model.noise) * np.eye(width)[model.plain_head("as ONNX").classes_]
    for which, numbers in (("to_all", spread), ("noise_of", np.full(width, model.noise / width))):
        graph.graph.initializer.append(
            numpy_helper.from_array(numbers.astype(np.float32), f"{which}_classes")
        )
    inputs = [inner, "to_all_classes", "noise_of_classes"]
    graph.graph.node.append(helper.make_node("Gemm", inputs, [name]))
    return graph


def _balanced(model: MapModel, graph: Any, inner: str) -> str:
    """Let votes of neighbours count by the number of labels of their class."""
    from onnx import helper, numpy_helper

    balance = model.plain_head("as ONNX").balance
    if balance is None:
        return inner
    graph.graph.initializer.extend([
        numpy_helper.from_array(balance.astype(np.float32), "worth_of_votes"),
        numpy_helper.from_array(np.array([1], np.int64), "axis_of_classes"),
    ])  # fmt: skip
    graph.graph.node.extend([
        helper.make_node("Mul", [inner, "worth_of_votes"], [f"{inner}_weighed"]),
        helper.make_node(
            "ReduceSum", [f"{inner}_weighed", "axis_of_classes"], [f"{inner}_all"], keepdims=1
        ),
        helper.make_node("Div", [f"{inner}_weighed", f"{inner}_all"], [f"{inner}_balanced"]),
    ])  # fmt: skip
    return f"{inner}_balanced"


def _tempered(model: MapModel, graph: Any, inner: str) -> str:
    """Put probabilities of the classes that were seen under the head's temperature."""
    from onnx import helper, numpy_helper

    hot = model.plain_head("as ONNX").temperature_
    if hot.value == 1.0:
        return inner
    numbers = {"least": max(hot.least, float(np.finfo(np.float32).tiny)), "power": 1 / hot.value}
    for name, number in numbers.items():
        graph.graph.initializer.append(
            numpy_helper.from_array(np.array(number, np.float32), f"{name}_of_temperature")
        )
    graph.graph.node.extend([
        helper.make_node("Max", [inner, "least_of_temperature"], [f"{inner}_bounded"]),
        helper.make_node("Log", [f"{inner}_bounded"], [f"{inner}_log"]),
        helper.make_node("Mul", [f"{inner}_log", "power_of_temperature"], [f"{inner}_scaled"]),
        helper.make_node("Softmax", [f"{inner}_scaled"], [f"{inner}_tempered"], axis=1),
    ])  # fmt: skip
    return f"{inner}_tempered"
