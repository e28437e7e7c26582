"""The controls of a chaos run: each takes one rule out of a process, after which the run must not come out clean."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bench.delivery_rig import FENCE, take_out


@dataclass(frozen=True)
class Rule:
    """A rule that protects, the faults that show it, and how it is taken out of this process."""

    meaning: str
    faults: tuple[str, ...]
    topology: str
    take_out: Callable[[], None]


def take_out_rule(name: str) -> None:
    """Take this rule out of this process, for good."""
    RULES[name].take_out()


def _acknowledge_first() -> None:
    from services.runtime.delivery import group, scripts

    group.FINISH = take_out(scripts.FINISH, FENCE)  # type: ignore[attr-defined]
    read = group.ConsumerGroup.read

    async def read_and_acknowledge(self: Any, count: int, block_s: float) -> Any:
        entries = await read(self, count, block_s)
        if entries:
            await self._redis.xack(self.stream, self.group, *[entry.id for entry in entries])
        return entries

    group.ConsumerGroup.read = read_and_acknowledge  # type: ignore[method-assign]


def _never_take_over() -> None:
    from services.runtime.delivery import group

    async def take_nothing(self: Any, *_: Any, **__: Any) -> Any:
        return group.Taken([], [], 0)

    group.ConsumerGroup.take = take_nothing  # type: ignore[method-assign]


def _group_at_the_end() -> None:
    from services.runtime.delivery.group import ConsumerGroup

    async def create_at_the_end(self: Any) -> bool:
        if await self._exists():
            return False
        await self._redis.xgroup_create(self.stream, self.group, id="$", mkstream=True)
        return True

    ConsumerGroup.create = create_at_the_end  # type: ignore[method-assign]


def _forget_refused() -> None:
    from services.runtime.delivery import committing

    committing.is_final = lambda error: True


def _trust_own_memory() -> None:
    from services.store.relay import relay

    stock, sent = relay.Relay._last_id, dict[str, Any]()

    async def remembered(self: Any) -> Any:
        return max(await stock(self), sent.get(self.stream, (0, 0)))

    append = relay.Relay._append_rows

    async def remember(self: Any, last: Any, rows: Any) -> bool:
        done = await append(self, last, rows)
        if done:
            sent[self.stream] = rows[-1].position
        return done

    relay.APPEND = take_out(relay.APPEND, "if last ~= ARGV[1] then return {0, last} end")  # type: ignore[attr-defined]
    relay.Relay._last_id = remembered  # type: ignore[method-assign]
    relay.Relay._append_rows = remember  # type: ignore[method-assign]


def _acknowledge_uncommitted() -> None:
    from services.contracts.failures import RetryLater
    from services.store.archive import Archive
    from services.store.claim.settling import Settled

    claim = Archive.claim

    async def claim_or_shrug(self: Any, incoming: Any) -> Any:
        try:
            return await claim(self, incoming)
        except RetryLater:
            article_id = incoming.member.article_id
            return Settled(article_id=article_id, canonical_id=article_id, verdict="redelivery", revision=1)

    Archive.claim = claim_or_shrug  # type: ignore[method-assign]


def _lock_nothing() -> None:
    from services.store.claim import lookup

    lookup.lock_keys = lambda connection, keys: None  # type: ignore[attr-defined]


def _wait_for_ever() -> None:
    from services.runtime import broker

    broker.CONNECTION = {
        "socket_timeout": None,
        "socket_connect_timeout": None,
    }  # not left out: the client has bounds of its own


def _never_bury() -> None:
    from services.runtime import subscriber

    stock = subscriber.policy_for  # type: ignore[attr-defined]

    def endless(stream: str, settings: Any) -> Any:
        return replace(stock(stream, settings), max_deliveries=1_000_000)

    subscriber.policy_for = endless  # type: ignore[attr-defined]


RULES = {
    "acknowledge-last": Rule(
        "an entry is acknowledged with its result", ("kill",), "sqlite", _acknowledge_first
    ),
    "take-over": Rule("what a dead process held is taken over", ("kill",), "sqlite", _never_take_over),
    "group-at-0": Rule("a lost group is made anew at 0", ("group",), "sqlite", _group_at_the_end),
    "hold-refused": Rule(
        "what a full server refuses is held and sent again", ("full",), "sqlite", _forget_refused
    ),
    "stream-is-the-position": Rule(
        "the relay goes by the stream's last id", ("tail",), "sqlite", _trust_own_memory
    ),
    "commit-before-acknowledging": Rule(
        "what the archive did not take is not acknowledged", ("disk",), "sqlite", _acknowledge_uncommitted
    ),
    "commit-before-acknowledging, PostgreSQL": Rule(
        "the same where PostgreSQL restarts", ("postgres",), "postgresql", _acknowledge_uncommitted
    ),
    "claim-locks": Rule(
        "claims of one URL or text wait for one another", ("drop",), "postgresql", _lock_nothing
    ),
    "bounded-waits": Rule(
        "a connection that says nothing is given up", ("abandon",), "sqlite", _wait_for_ever
    ),
    "bury": Rule("what fails five times is a dead letter", ("kill",), "sqlite", _never_bury),
}
