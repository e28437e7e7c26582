"""The pause of a stage whose dependency is away: when it begins, when to probe, when it ends. The clock comes in."""

from collections import Counter


class Pause:
    """Counts RetryLater in a row by dependency; paused, it allows one probe at a time, at growing distances."""

    def __init__(self, pause_after: int, probe_s: tuple[float, float]) -> None:
        self._pause_after = pause_after
        self._first_s, self._longest_s = probe_s
        self._in_a_row: Counter[str] = Counter()
        self._probe_in_s = self._first_s
        self._probing = False
        self.dependency: str | None = None
        self.probe_at = 0.0

    def note_later(self, dependency: str, now: float) -> bool:
        """A handler said RetryLater; True when the stage is paused by it, just now."""
        if self.dependency is not None:
            self._note_failed_probe(now)
            return False
        self._in_a_row[dependency] += 1
        if self._in_a_row[dependency] < self._pause_after:
            return False
        self.dependency, self._probe_in_s, self.probe_at = dependency, self._first_s, now + self._first_s
        return True

    def note_end(self) -> str | None:
        """A handler ended in any other way; the name of the dependency that is back, if the stage was paused."""
        self._in_a_row.clear()
        self._probing = False
        back, self.dependency = self.dependency, None
        return back

    def note_probe(self, now: float) -> None:
        """A probe is on its way: no second one before it has ended, or its time is over."""
        self._probing = True
        self.probe_at = now + self._probe_in_s

    def _note_failed_probe(self, now: float) -> None:
        """Only a probe's failure makes the wait longer, not the handlers that were running when the pause began."""
        if self._probing:
            self._probing = False
            self._probe_in_s = min(self._probe_in_s * 2, self._longest_s)
            self.probe_at = now + self._probe_in_s
