"""Scripts called on Redis by many handlers at once: what is asked for while an answer is awaited goes in one write."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import NoScriptError, RedisError


@dataclass(frozen=True)
class _Call:
    script: AsyncScript
    keys: Sequence[str]
    args: Sequence[str | int]
    answer: asyncio.Future[Any]


class ScriptCalls:
    """Calls scripts in the order they are asked for. One batch is under way at a time, so that batches grow with the load."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[_Call] = []
        self._sender: asyncio.Task[None] | None = None

    async def call(self, script: AsyncScript, *, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        """The script's answer. Raises RedisError."""
        call = _Call(script, keys, args, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.ensure_future(self._send())
        return await call.answer

    async def _send(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                _tell(batch, await self._answers(batch))
            except (RedisError, OSError) as problem:
                _tell(batch, [problem] * len(batch))
            finally:
                for call in batch:  # only where this task is ended from outside is anything left to cancel
                    call.answer.cancel()

    async def _answers(self, batch: Sequence[_Call]) -> list[Any]:
        answers = await self._executed(batch)
        unknown = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:  # a server that has just started knows no scripts
            for text in {batch[at].script.script for at in unknown}:
                await self._redis.script_load(text)
            again = await self._executed([batch[at] for at in unknown])
            for at, answer in zip(unknown, again, strict=True):
                answers[at] = answer
        return answers

    async def _executed(self, batch: Sequence[_Call]) -> list[Any]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for call in batch:
                pipe.evalsha(call.script.sha, len(call.keys), *call.keys, *call.args)
            return list(await pipe.execute(raise_on_error=False))


def _tell(batch: Sequence[_Call], answers: Sequence[Any]) -> None:
    for call, answer in zip(batch, answers, strict=True):
        if call.answer.done():  # its handler was cancelled meanwhile
            continue
        if isinstance(answer, Exception):
            call.answer.set_exception(answer)
        else:
            call.answer.set_result(answer)
