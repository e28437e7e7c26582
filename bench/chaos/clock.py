"""The wall clock of a chaos run's machine: libfaketime shows services and servers another time than ours, and steps it."""

from pathlib import Path

LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1",
)
NEEDED = "clock steps need libfaketime (Debian: apt-get install faketime)"


def libfaketime() -> str | None:
    """Where the library lies on this machine, if anywhere."""
    return next((path for path in LIBRARIES if Path(path).exists()), None)


class SteppedClock:
    """A clock that every process started with `environ` reads; monotonic clocks stay true, as they do in life."""

    def __init__(self, file: Path) -> None:
        library = libfaketime()
        if library is None:
            raise RuntimeError(NEEDED)
        self._file = file
        self.offset_s = 0
        self.step(0)
        self.environ = {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    def step(self, offset_s: int) -> None:
        """From now on the clock is so many seconds off the true time."""
        self.offset_s = offset_s
        written = self._file.with_suffix(".new")
        written.write_text(f"{offset_s:+d}s\n")
        written.replace(self._file)
