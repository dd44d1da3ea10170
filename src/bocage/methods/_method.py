"""A method: inputs, a model, and how it is trained."""

import math
from dataclasses import dataclass

from bocage.core import SettingsError
from bocage.features import COORDINATES
from bocage.methods._models import MODELS, Model

WORDS = frozenset({"max_features", "metric", "weights"})
"""Parameters that may be words; all others are numbers."""


@dataclass(frozen=True, slots=True)
class Method:
    """An input (or several, stacked) and a model.

    Attributes
    ----------
    inputs : tuple of str
        Empty for a floor that looks at labels alone.
    model : str
        A name in `MODELS`.
    fixed : tuple of (str, value) or None
        Parameters set by the user, which are then not tuned; None to tune.
    """

    inputs: tuple[str, ...]
    model: str
    fixed: tuple[tuple[str, float | int | str], ...] | None = None

    @property
    def name(self) -> str:
        """Name as it is written: ``aef+s1:logistic:C=10``."""
        head = f"{'+'.join(self.inputs)}:{self.model}" if self.inputs else self.model
        if not self.fixed:
            return head
        return head + ":" + ",".join(f"{key}={value}" for key, value in self.fixed)

    @property
    def spec(self) -> Model:
        """The model's entry in `MODELS`."""
        return MODELS[self.model]

    @property
    def strategy(self) -> str:
        """``floor`` or ``shallow``."""
        return self.spec.strategy

    @property
    def is_control(self) -> bool:
        """Whether the method is there to be beaten: no land in it, or floors."""
        return self.strategy == "floor" or self.inputs == (COORDINATES,)


def parse_method(text: str) -> Method:
    """Read a method: ``input+input:model`` or ``input:model:parameter=value,...``.

    >>> parse_method("aef+s1:logistic:C=10").inputs
    ('aef', 's1')
    >>> parse_method("prior").name
    'prior'

    Raises
    ------
    SettingsError
        If the model is unknown, an input is missing or named twice, or a parameter can't be read.
    """
    parts = [part.strip() for part in text.split(":", maxsplit=2)]
    inputs: tuple[str, ...] = ()
    if len(parts) == 1:
        model, rest = parts[0], ""
    else:
        inputs = tuple(name.strip() for name in parts[0].split("+"))
        model, rest = parts[1], parts[2] if len(parts) > 2 else ""  # noqa: PLR2004
    if model not in MODELS:
        raise SettingsError(
            f"no model {model!r} in method {text!r}; choose one of {', '.join(sorted(MODELS))}. "
            "Methods are written input:model, such as aef:logistic or aef+s1:forest"
        )
    spec = MODELS[model]
    if spec.needs_input != bool(inputs) or not all(inputs or ("-",)):
        wanted = f"an input, such as aef:{model}" if spec.needs_input else f"no input: {model}"
        raise SettingsError(f"method {text!r}: model {model!r} needs {wanted}")
    if len(set(inputs)) < len(inputs):
        raise SettingsError(f"method {text!r} names an input twice; name each input once")
    fixed = _parameters(text, model, rest) if rest else None
    return Method(inputs, model, fixed)


def _parameters(text: str, model: str, rest: str) -> tuple[tuple[str, float | int | str], ...]:
    known = MODELS[model].parameters
    found: list[tuple[str, float | int | str]] = []
    for item in rest.split(","):
        key, sign, value = (part.strip() for part in item.partition("="))
        if not sign or key not in known:
            raise SettingsError(
                f"method {text!r}: can't set {item!r}; {model} has "
                f"{', '.join(sorted(known)) or 'nothing to set'}, written name=value"
            )
        if key in dict(found):
            raise SettingsError(f"method {text!r} sets {key} twice; set it once")
        number = _number(value)
        good = bool(key in WORDS and number) if isinstance(number, str) else math.isfinite(number)
        if not good:
            raise SettingsError(
                f"method {text!r}: can't set {key} to {value!r}; expected a "
                f"{'word or a number' if key in WORDS else 'number'}"
            )
        found.append((key, number))
    return tuple(sorted(found))


def _number(value: str) -> float | int | str:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
