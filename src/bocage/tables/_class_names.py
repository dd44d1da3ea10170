"""Names of classes behind the codes that a table holds."""

import numpy as np
from numpy.typing import NDArray

from bocage.core import KindName, SettingsError, counted
from bocage.core import listed as shortened
from bocage.tables._names import listed
from bocage.tables._pairs import Pairs, read_pairs

OPTION = "--class-names"


def name_classes(
    words: NDArray[np.str_], gone: NDArray[np.bool_], kind: KindName, target: str, names: Pairs
) -> tuple[NDArray[np.str_], tuple[str, ...]]:
    """Put names in the place of codes.

    Parameters
    ----------
    words : ndarray of str, shape (n,)
        Codes; those that have no name stay as they are, and are told.
    gone : ndarray of bool, shape (n,)
        Rows without one.
    kind : {"classification", "regression"}
    target : str
        Column that they stand in.
    names : mapping of str to str, or path
        See `read_pairs`.

    Returns
    -------
    words : ndarray of str, shape (n,)
    notes : tuple of str

    Raises
    ------
    SettingsError
        If the target is a number, two codes have one name, a name is another code, or no code is in
        the table.
    """
    if kind != "classification":
        raise SettingsError(
            f"{OPTION} is given, but the target {target!r} is a quantity; expected class codes: "
            "omit it, or use --kind classification"
        )
    found = np.unique(words[~gone]).tolist()
    pairs = read_pairs(names, found, OPTION)
    _check(pairs, found, target)
    made = np.array([pairs.get(word, word) for word in words.tolist()], dtype=np.str_)
    notes = []
    unknown = [word for word in found if word not in pairs]
    if unknown:
        n = int(np.isin(words[~gone], unknown).sum())
        notes.append(
            f"{OPTION} has no name for {counted(len(unknown), 'class', 'classes')} of {target!r} "
            f"({shortened(unknown)}; {counted(n, 'row')}): they keep their codes"
        )
    unused = [code for code in pairs if code not in found]
    if unused:
        named = shortened([f"{code} ({pairs[code]})" for code in unused])
        notes.append(f"no row of {target!r} holds {named}")
    return made, tuple(notes)


def _check(pairs: dict[str, str], found: list[str], target: str) -> None:
    code_of: dict[str, str] = {}
    for code, name in pairs.items():
        if name in code_of:
            raise SettingsError(
                f"{OPTION} gives {code_of[name]!r} and {code!r} the same name {name!r}; expected a "
                "different name for each: merge classes with --merge"
            )
        code_of[name] = code
    if not set(pairs) & set(found):
        raise SettingsError(
            f"{OPTION} names {listed(pairs)}, but the target {target!r} has {listed(found)}; "
            "expected codes that occur in the table"
        )
    for name, code in code_of.items():
        if name in found and name not in pairs:
            raise SettingsError(
                f"{OPTION} gives {code!r} the name {name!r}, which is another class of {target!r}; "
                "expected an unused name: merge classes with --merge"
            )
