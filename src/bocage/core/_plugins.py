"""Named parts: our own, and those that installed packages bring through entry points."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bocage.core._errors import SettingsError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")

LONGEST = 300
"""Letters of another package's error that are repeated."""


@cache
def _entry_points(group: str) -> Mapping[str, tuple["EntryPoint", ...]]:
    """Find what installed packages offer; nothing of it is imported."""
    from importlib.metadata import entry_points

    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=group):
        # A package that stands in two folders of the path is one package: the first is imported.
        if all(package_of(other) != package_of(point) for other in found.get(point.name, [])):
            found.setdefault(point.name, []).append(point)
    return {name: tuple(found[name]) for name in sorted(found)}


def plugin_names(group: str) -> tuple[str, ...]:
    """Name what installed packages offer in a group of entry points, sorted.

    Examples
    --------
    >>> plugin_names("bocage.no-such-group")
    ()
    """
    return tuple(_entry_points(group))


def package_of(point: "EntryPoint") -> str:
    """Name the installed package that an entry point belongs to."""
    return "" if point.dist is None else str(point.dist.name)


class Registry(Mapping[str, T], Generic[T]):
    """Parts by name: our own, and those of installed packages, imported when they are asked for.

    Names are found without importing anything; a name of our own is never replaced. What goes
    wrong in another package is one line that names it.

    Parameters
    ----------
    own : mapping of str to part
    group : str
        Group of entry points: ``bocage.heads``. Each entry point leads to a part, or to a
        function without arguments that returns one.
    kind : type
        Of the parts.
    what : str
        A part in a word, for messages: ``head``.
    adopt : callable (part, entry point) -> part, optional
        Checks a part of another package, and completes it; raises `ValueError` where it can't be
        used.
    """

    def __init__(
        self,
        own: Mapping[str, T],
        group: str,
        kind: type[T],
        what: str,
        adopt: Callable[[T, "EntryPoint"], T] | None = None,
    ) -> None:
        self._own = own
        self._group = group
        self._kind = kind
        self._what = what
        self._adopt = adopt
        self._loaded: dict[str, T] = {}

    @property
    def own(self) -> Mapping[str, T]:
        """Those that are not of other packages."""
        return self._own

    @property
    def plugged(self) -> tuple[str, ...]:
        """Names of those that other packages bring."""
        return tuple(name for name in plugin_names(self._group) if name not in self.own)

    def __getitem__(self, name: str) -> T:
        own = self.own
        if name in own:
            return own[name]
        if name not in self._loaded:
            self._loaded[name] = self._load(_entry_points(self._group)[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self.own, *self.plugged])

    def __len__(self) -> int:
        return len(self.own) + len(self.plugged)

    def __contains__(self, name: object) -> bool:
        # Said here, so that a question for a name imports nothing.
        return name in self.own or name in _entry_points(self._group)

    def _load(self, points: tuple["EntryPoint", ...]) -> T:
        point = points[0]
        if len(points) > 1:
            names = " and ".join(sorted(map(package_of, points)))
            raise SettingsError(
                f"{self._what} {point.name!r} is brought by several packages ({names}); expected "
                "one: remove the others"
            )
        try:
            made: Any = point.load()
            if not isinstance(made, self._kind) and callable(made):
                made = made()
            if not isinstance(made, self._kind):
                raise TypeError(  # noqa: TRY301 - said as all else that goes wrong there
                    f"{point.value} gives a {type(made).__name__}; expected a "
                    f"{self._kind.__name__}, or a function that returns one"
                )
            part: T = made
            return part if self._adopt is None else self._adopt(part, point)
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST]
            release = "" if point.dist is None else f" {point.dist.version}"
            raise SettingsError(
                f"{self._what} {point.name!r} of the installed package {package_of(point)}"
                f"{release} can't be used ({said}); update that package, or remove it"
            ) from error
