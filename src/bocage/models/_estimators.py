"""Fitted estimators as bytes, and back, without pickle."""

from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED

from bocage.core import DataError, SettingsError, find_kind, in_one_line
from bocage.methods import HEADS
from bocage.models._archive import UNREADABLE, check_archive, short, steady

if TYPE_CHECKING:
    from bocage.methods import Head


def dump_estimator(head: "Head") -> bytes:
    """Turn the fitted estimator of a head into bytes.

    Raises
    ------
    SettingsError
        If it holds types that its head does not list as safe.
    """
    estimator, spec = head.estimator_, head.spec
    if spec.format is not None:
        return spec.format.dump(estimator)
    import skops.io

    data = skops.io.dumps(estimator, compression=ZIP_DEFLATED)
    if spec.name not in HEADS.own:
        # Of what was just written: what a file says of itself decides nothing when it is read.
        more = set(skops.io.get_untrusted_types(data=data)) - set(spec.trusted)
        if more:
            raise SettingsError(
                f"a {spec.name} model can't be stored safely: it holds {', '.join(sorted(more))}; "
                f"expected these types in `trusted` of its HeadSpec ({spec.libraries[-1]})"
            )
    return steady(data)


def load_estimator(data: bytes, model: str, kind: str) -> Any:
    """Turn bytes into the fitted estimator of a head.

    Nothing but the types that the head lists in our code, or in that of an installed package, is
    built; nothing that a file says of itself is added to them.

    Parameters
    ----------
    data : bytes
    model : str
        A name in `bocage.methods.HEADS`.
    kind : {"classification", "regression"}

    Raises
    ------
    DataError
        If the bytes hold a type that is not allowed, another estimator, or no model at all.
    """
    spec = HEADS[model]
    if kind not in spec.grid:
        raise DataError(f"model {model} is not available for {kind}")
    if spec.format is not None:
        try:
            return spec.format.load(data, find_kind(kind))
        except ValueError as error:
            raise DataError(f"the model file can't be read ({short(error)}){_HINT}") from error
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        check_archive(data)
        estimator = skops.io.loads(data, trusted=list(spec.trusted))
    except UntrustedTypesFoundException as error:
        raise DataError(
            f"the model file holds types that a {model} model does not need, and it was not "
            f"loaded ({in_one_line(error)}); use model files only from a source "
            "that you trust, and never extend the list of allowed types"
        ) from error
    except UNREADABLE as error:
        raise DataError(f"the model file can't be read ({short(error)}){_HINT}") from error
    expected = type(spec.build(find_kind(kind), {}, 0))
    if type(estimator) is not expected:
        raise DataError(
            f"the model file holds a {type(estimator).__name__}; expected a {model} model for "
            f"{kind}, which is a {expected.__name__}"
        )
    return estimator


_HINT = "; expected a file written by the installed version of its library: fit the model again"
