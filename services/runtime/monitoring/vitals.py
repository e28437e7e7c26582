"""What a service depends on, in numbers: the disk of its data folder, and the memory and the file of its Redis."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis


@dataclass(frozen=True)
class DiskVitals:
    """The file system of the data folder, in bytes."""

    free_bytes: int
    size_bytes: int


@dataclass(frozen=True)
class RedisVitals:
    """The server's memory in bytes (`limit` 0: none), and whether it could write its file the last time it tried."""

    used_bytes: int
    limit_bytes: int
    writes: bool


def disk_vitals(data_dir: Path) -> DiskVitals | None:
    """The disk under `data_dir`, or under the nearest folder above it that exists; None where it cannot be asked."""
    folder = next((place for place in (data_dir, *data_dir.absolute().parents) if place.exists()), None)
    if folder is None:
        return None
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return DiskVitals(usage.free, usage.total)


async def redis_vitals(redis: Redis) -> RedisVitals:
    """How the server is. Raises RedisError."""
    memory, persistence = await redis.info("memory"), await redis.info("persistence")
    wrote = [persistence.get("aof_last_write_status", "ok"), persistence.get("rdb_last_bgsave_status", "ok")]
    return RedisVitals(int(memory["used_memory"]), int(memory.get("maxmemory", 0)), wrote == ["ok", "ok"])
