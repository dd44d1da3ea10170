"""How settings are called: on the command line, and in Python."""

import re

_EACH = {"groups": "group", "inputs": "input", "zones": "zone"}
"""Settings whose option is given once for each of their values."""

_ARGUMENT = {option: name for name, option in _EACH.items()}

_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*)\b")


def option_of(name: str) -> str:
    """Return how a setting is called on the command line.

    >>> option_of("min_class"), option_of("groups")
    ('--min-class', '--group')
    """
    return "--" + _EACH.get(name, name).replace("_", "-")


def argument_of(option: str) -> str:
    """Return how an option of the command line is called in Python.

    >>> argument_of("--min-class"), argument_of("--group")
    ('min_class', 'groups')
    """
    name = option.removeprefix("--").replace("-", "_")
    return _ARGUMENT.get(name, name)


def in_python(text: str) -> str:
    """Name Python's arguments in a message that names options.

    >>> in_python("give it with --min-class, or leave --group out")
    'give it with `min_class`, or leave `groups` out'
    """
    return _OPTION.sub(lambda found: f"`{argument_of(found[1])}`", text)
