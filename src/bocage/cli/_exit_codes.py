"""What the program's exit codes mean."""

from typing import Final

DONE: Final = 0
READER_GONE: Final = 1
REFUSED: Final = 2
STOPPED: Final = 130

EXIT_CODES: Final = {
    DONE: "The command did what was asked. A study whose verdict is *undecided* is an answer too.",
    READER_GONE: "What read the output went away (`bocage compare landscape | head`); or an error "
    "of Bocage itself, with a traceback that belongs in a report.",
    REFUSED: "Something can't be used: an option, a setting, a file or its content. One line says "
    "what was found, what was expected and what to do. Also when a worker process was killed from "
    "outside. What was finished is kept.",
    STOPPED: "Stopped by Ctrl-C, SIGTERM or SIGHUP. What was finished is kept; the same command "
    "continues.",
}
