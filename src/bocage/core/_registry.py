"""Parts by name: our own, and those of installed packages, imported when they are asked for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from bocage.core._plugins import Plugin, plugins

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Parts by name: our own, and those that installed packages name in an entry point.

    A question for a name imports nothing, and a name of our own is never replaced. What goes
    wrong in another package is one line that names it.

    Parameters
    ----------
    own : mapping of str to part
    group : str
        Group of entry points, such as ``bocage.heads``. Each leads to a part, or to a function
        without arguments that returns one.
    kind : type
        Of the parts.
    adopt : callable (part, plugin) -> part
        Checks a part of another package, and completes it; raises `ValueError` where it can't be
        used.
    """

    def __init__(
        self, own: Mapping[str, T], group: str, kind: type[T], adopt: Callable[[T, Plugin], T]
    ) -> None:
        self._own = own
        self._group = group
        self._kind = kind
        self._adopt = adopt
        self._loaded: dict[str, T] = {}

    @property
    def own(self) -> Mapping[str, T]:
        """Those that no other package brings."""
        return self._own

    @property
    def plugged(self) -> tuple[str, ...]:
        """Names of those that other packages bring."""
        return tuple(name for name in plugins(self._group) if name not in self._own)

    def package(self, name: str) -> str:
        """Name the package that brings a part, and its release; empty for one of our own."""
        plugin = None if name in self._own else plugins(self._group).get(name)
        return "" if plugin is None else plugin.package

    def __getitem__(self, name: str) -> T:
        # Asked first, as it may read a declaration.
        if name in self._own:
            return self._own[name]
        if name not in self._loaded:
            self._loaded[name] = self._load(plugins(self._group)[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._own, *self.plugged])

    def __len__(self) -> int:
        return len(self._own) + len(self.plugged)

    def __contains__(self, name: object) -> bool:
        # Said here, so that a question for a name imports nothing.
        return name in self._own or name in plugins(self._group)

    def _load(self, plugin: Plugin) -> T:
        part = plugin.made(self._kind)
        adopted: T = plugin.guard("can't be used")(self._adopt, part, plugin)
        return adopted
