"""How a command ends: its exit codes, and errors that say what to do."""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell sees."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    UNREACHABLE = 3
    REJECTED = 4
    INTERRUPTED = 130
    READER_GONE = 141


class CommandError(Exception):
    """A command cannot do what was asked: what is wrong, what to do about it, and the exit code."""

    def __init__(self, what: str, advice: str = "", code: Exit = Exit.FAULT) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.code = code

    @classmethod
    def usage(cls, what: str, advice: str = "") -> "CommandError":
        """The command was asked for something it does not know."""
        return cls(what, advice, Exit.USAGE)

    @classmethod
    def unreachable(cls, what: str, advice: str = "") -> "CommandError":
        """A server does not answer."""
        return cls(what, advice, Exit.UNREACHABLE)
