"""The command line: one file a verb."""

from bocage.cli._app import main

__all__ = ["main"]
