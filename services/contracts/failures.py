"""The two failures a handler may raise, named for what happens next. Anything else is a bug and is retried."""


class RetryLater(Exception):
    """The world's fault: the message goes back uncounted and is tried again after `after_s`.

    `dependency` names what is away (a host, "postgresql", "redis"): several in a row from one dependency
    pause the stage until a probe succeeds.
    """

    def __init__(self, dependency: str, after_s: float = 1.0, detail: str = "") -> None:
        super().__init__(f"{dependency}: {detail}" if detail else dependency)
        self.dependency = dependency
        self.after_s = after_s
        self.detail = detail


class Unprocessable(Exception):
    """The message's fault: it goes to the dead-letter stream at once, with this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
