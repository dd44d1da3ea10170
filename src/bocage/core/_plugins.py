"""What other packages add: named in their entry points, imported only where it is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint
from types import MappingProxyType
from typing import Any, TypeVar

from bocage.core._errors import BocageError, SettingsError

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Plugin:
    """Something that an installed package adds.

    Attributes
    ----------
    name : str
        By which it is asked for.
    group : str
        Entry point group, such as ``bocage.sources``.
    package : str
        Name and release of the package, for messages.
    entry : EntryPoint
    """

    name: str
    group: str
    package: str
    entry: EntryPoint

    def load(self) -> Any:
        """Import what the entry point names.

        Raises
        ------
        SettingsError
            If it can't be imported.
        """
        with_care = self.guard("can't be imported")
        return with_care(self.entry.load)

    def made(self, kind: type[P], *, needs: str = "") -> P:
        """Return the part that the entry point leads to, by itself or through a function.

        Parameters
        ----------
        kind : type
            Of the part; ``object`` for any that has what is needed.
        needs : str
            Attribute without which a part is none.

        Raises
        ------
        SettingsError
            If it can't be imported or made, or is something else.
        """

        def is_part(one: Any) -> bool:
            return isinstance(one, kind) and (
                not needs or (hasattr(one, needs) and not isinstance(one, type))
            )

        found = self.load()
        if not is_part(found) and callable(found):
            found = self.guard("can't be made")(found)
        if not is_part(found):
            wanted = f"an object with {needs}()" if needs else f"a {kind.__name__}"
            raise self.refused(
                f"is a {type(found).__name__}, and expected is {wanted}, or a function that "
                "returns one"
            )
        part: P = found
        return part

    def guard(self, what: str) -> Callable[..., Any]:
        """Return what calls a function of the package, and names the package where it fails.

        Parameters
        ----------
        what : str
            What has failed then, such as ``can't be imported``.
        """

        def call(function: Callable[..., Any], *values: Any, **options: Any) -> Any:
            try:
                return function(*values, **options)
            except BocageError:
                # The package says what is wrong in Bocage's own way.
                raise
            except Exception as error:  # code of others may fail in any way
                said = f"{type(error).__name__}: {error}"[:200]
                raise self.refused(f"{what} ({said})") from error

        return call

    def refused(self, what: str) -> SettingsError:
        """Return an error that names the package.

        Parameters
        ----------
        what : str
            What is wrong with it.
        """
        kind = self.group.rpartition(".")[2].removesuffix("s")
        return SettingsError(
            f"{kind} {self.name!r} of the package {self.package} {what}; expected a package that "
            "works with this Bocage: update it, or uninstall it"
        )


@cache
def plugins(group: str) -> Mapping[str, Plugin]:
    """Return what installed packages add to a group, by name; nothing is imported.

    Parameters
    ----------
    group : str
        Entry point group.

    Returns
    -------
    mapping of str to Plugin
        Sorted. Where two packages give one name, the package that comes first by its own has it.

    Examples
    --------
    >>> dict(plugins("bocage.nothing"))
    {}
    """
    from importlib.metadata import entry_points

    found: dict[str, Plugin] = {}
    for entry in entry_points(group=group):
        of = entry.dist
        package = "?" if of is None else f"{of.name} {of.version}"
        made = Plugin(entry.name, group, package, entry)
        if entry.name not in found or package < found[entry.name].package:
            found[entry.name] = made
    return MappingProxyType(dict(sorted(found.items())))
