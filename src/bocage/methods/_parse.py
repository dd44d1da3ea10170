"""Read methods as they are written."""

import math

from bocage.core import SettingsError, closest, did_you_mean
from bocage.methods._chip_net import ChipNetMethod
from bocage.methods._encoded import Encoded
from bocage.methods._method import Method
from bocage.methods._pretrained import LINEAR_GRID, PretrainedMethod
from bocage.methods._shallow import ShallowMethod
from bocage.methods.backbones import BACKBONES
from bocage.methods.chips import NETS
from bocage.methods.heads import HEADS
from bocage.methods.strategies import STRATEGIES, WORDS, Value

COUNTED = frozenset({"rank", "alpha"})
"""Options of networks that count something."""


def parse_method(text: str) -> Method:
    """Read a method: ``input+input:model:parameter=value,...`` or ``input:network:strategy``.

    >>> parse_method("aef+s1:logistic:C=10").inputs
    ('aef', 's1')
    >>> parse_method("prior").name
    'prior'
    >>> parse_method("series:presto:lora:rank=4").strategy
    'lora'

    Raises
    ------
    SettingsError
        If the model or strategy is unknown, an input is missing or named twice, or a parameter
        can't be read.
    """
    parts = [part.strip() for part in text.split(":")]
    inputs: tuple[str, ...] = ()
    model, rest = parts[0], parts[1:]
    if len(parts) > 1:
        inputs = tuple(name.strip() for name in parts[0].split("+"))
        model, rest = parts[1], parts[2:]
    for name in inputs:
        if Encoded.is_one(name):
            Encoded.parse(name)
    if model in NETS:
        return _chip_net(text, inputs, model, rest)
    if model in BACKBONES:
        return _network(text, inputs, model, rest)
    if model not in HEADS:
        meant = closest(model, [*HEADS, *BACKBONES, *NETS])
        asked = "" if meant is None else f"did you mean {_replaced(parts, meant)!r}? Otherwise "
        networks = ", ".join(sorted([*BACKBONES, *NETS]))
        raise SettingsError(
            f"method {text!r} names model {model!r}, which is unknown; {asked}choose one of "
            f"{', '.join(sorted(HEADS))}, or a network ({networks}). Methods are written "
            "input:model, such as aef:logistic or aef+s1:forest, or input:network:strategy"
        )
    spec = HEADS[model]
    if spec.needs_input != bool(inputs) or not all(inputs or ("-",)):
        wanted = f"an input, such as aef:{model}" if spec.needs_input else f"no input: {model}"
        raise SettingsError(f"method {text!r}: model {model!r} needs {wanted}")
    if len(set(inputs)) < len(inputs):
        raise SettingsError(f"method {text!r} names an input twice; name every input once")
    fixed = None
    if rest and any(rest):
        known: dict[str, tuple[str, ...]] = {
            key: (key,) if key in spec.words else () for key in spec.parameters
        }
        fixed = _parameters(text, model, ":".join(rest), known)
    return ShallowMethod(inputs, model, fixed)


def _network(text: str, inputs: tuple[str, ...], model: str, rest: list[str]) -> Method:
    if len(inputs) != 1 or not inputs[0] or Encoded.is_one(inputs[0]):
        raise SettingsError(
            f"method {text!r}: the network {model!r} reads one input, such as series:{model}:lora; "
            f"to stack its frozen features with others, write series@{model}+xy:ridge"
        )
    training = rest[0] if rest else ""
    if training not in STRATEGIES:
        meant = closest(training, STRATEGIES) or "linear"
        raise SettingsError(
            f"method {text!r}: the network {model!r} needs a strategy, one of "
            f"{', '.join(STRATEGIES)}; found {training or 'none'!r}: write "
            f"{inputs[0]}:{model}:{meant}"
        )
    strategy = STRATEGIES[training]
    known: dict[str, tuple[str, ...]] = {key: WORDS.get(key, ()) for key in strategy.options}
    if strategy.rates:
        known["lr"] = ()
    else:
        known |= {key: () for grid in LINEAR_GRID.values() for key in grid[0]}
    fixed = None
    if any(rest[1:]):
        fixed = _parameters(text, f"{model}:{training}", ":".join(rest[1:]), known, closed=True)
    return PretrainedMethod(inputs, model, fixed, training)


def _chip_net(text: str, inputs: tuple[str, ...], model: str, rest: list[str]) -> Method:
    if not inputs or not all(inputs) or len(set(inputs)) < len(inputs):
        raise SettingsError(
            f"method {text!r}: {model!r} needs inputs with chips: s2:{model}:scratch"
        )
    if rest[:1] != ["scratch"]:
        raise SettingsError(
            f"method {text!r}: {model!r} has no pretrained weights and is trained from scratch; "
            f"write {'+'.join(inputs)}:{model}:scratch"
        )
    fixed = None
    if any(rest[1:]):
        fixed = _parameters(text, f"{model}:scratch", ":".join(rest[1:]), {"lr": ()}, closed=True)
    return ChipNetMethod(inputs, model, fixed, "scratch")


def _parameters(
    text: str, model: str, rest: str, known: dict[str, tuple[str, ...]], *, closed: bool = False
) -> tuple[tuple[str, Value], ...]:
    """Read parameters; `known` tells which may be words, and, if `closed`, which words."""
    found: list[tuple[str, Value]] = []
    for item in rest.split(","):
        key, sign, value = (part.strip() for part in item.partition("="))
        if not sign or key not in known:
            raise SettingsError(
                f"method {text!r}: can't set {item!r}; {model} has "
                f"{', '.join(sorted(known)) or 'nothing to set'}, written name=value"
                f"{did_you_mean(key, set(known) - {key})}"
            )
        if key in dict(found):
            raise SettingsError(f"method {text!r} sets {key} more than once; set it once")
        words = known[key]
        number = _number(value)
        if isinstance(number, str):
            good = bool(number) and (number in words if closed else bool(words))
        else:
            good = math.isfinite(number) and not (closed and (words or number < 0))
        if closed and key in COUNTED and not (isinstance(number, int) and number >= 1):
            raise SettingsError(
                f"method {text!r}: can't set {key} to {value!r}; expected a whole number of 1 or "
                "more"
            )
        if not good:
            wanted = "word or a number" if words else "number"
            raise SettingsError(
                f"method {text!r}: can't set {key} to {value!r}; expected "
                + (f"one of {', '.join(words)}" if closed and words else f"a {wanted}")
            )
        found.append((key, number))
    return tuple(sorted(found))


def _replaced(parts: list[str], model: str) -> str:
    """Write a method with another model in the place of its own."""
    return ":".join([model] if len(parts) == 1 else [parts[0], model, *parts[2:]])


def _number(value: str) -> Value:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
