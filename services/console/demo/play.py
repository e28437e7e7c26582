"""The play: which scenes may open, which events have come out, what is still missing. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .scenes import Scene


@dataclass
class Play:
    """The state of one performance. Times are seconds on any one clock."""

    scenes: Sequence[Scene]
    article_ids: Mapping[str, str]
    """Scene name → article id of its page."""
    started_at: float
    opened: set[str] = field(default_factory=set)
    out_at: dict[str, float] = field(default_factory=dict)

    def due(self, now: float) -> list[Scene]:
        """The scenes that open now; each is returned once."""
        due = [
            scene for scene in self.scenes if scene.name not in self.opened and self._opens_at(scene) <= now
        ]
        self.opened.update(scene.name for scene in due)
        return due

    def came_out(self, event_type: str, article_id: str, now: float) -> Scene | None:
        """The scene whose awaited event this is; None for one that nobody awaits (or no longer)."""
        for scene in self.scenes:
            awaited = scene.brings == event_type and self.article_ids[scene.name] == article_id
            if awaited and scene.name in self.opened and scene.name not in self.out_at:
                self.out_at[scene.name] = now
                return scene
        return None

    def missing(self) -> list[Scene]:
        """The scenes whose event has not come out."""
        return [scene for scene in self.scenes if scene.brings and scene.name not in self.out_at]

    def _opens_at(self, scene: Scene) -> float:
        if any(name not in self.out_at for name in scene.opens_after):
            return float("inf")
        return max([self.started_at, *(self.out_at[name] for name in scene.opens_after)]) + scene.delay_s
