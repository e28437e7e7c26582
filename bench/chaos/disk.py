"""The disk of a chaos run's archive, and filling it: a small tmpfs as root, else a limit on the store's files."""

import ctypes
import os
import resource
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOM_BYTES = 4 * 1024**3
CLONE_NEWNS = 0x00020000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18


def mount_privately() -> bool:
    """From now on what this process mounts is seen by it and its children alone, and goes with them; False if not root.

    For a program of its own, before it starts threads: never inside somebody's test process.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.unshare(CLONE_NEWNS) != 0:
        return False
    return bool(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None) == 0)


class Disk:
    """Where the archive lies. `kind` says how it can be full: `tmpfs` (ENOSPC) or `file size` (EFBIG)."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.kind = "tmpfs" if mounted and self._mount(f"size={ROOM_BYTES}") else "file size"

    def fill(self, pids: Iterable[int]) -> None:
        """From now on nothing can be added: not a byte beyond what there is."""
        if self.kind == "tmpfs":
            self._mount(f"remount,size={max(self._used(), 4_096)}")
        for pid in pids if self.kind == "file size" else ():
            largest = max((file.stat().st_size for file in self._files()), default=0)
            _limit(pid, largest)

    def free(self, pids: Iterable[int]) -> None:
        """There is room again."""
        if self.kind == "tmpfs":
            self._mount(f"remount,size={ROOM_BYTES}")
        for pid in pids if self.kind == "file size" else ():
            _limit(pid, resource.RLIM_INFINITY)

    def close(self) -> None:
        """Unmount what was mounted."""
        if self.kind == "tmpfs":
            subprocess.run(["umount", "-l", str(self.folder)], check=False, capture_output=True)

    def _mount(self, options: str) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def _used(self) -> int:
        facts = os.statvfs(self.folder)
        return (facts.f_blocks - facts.f_bfree) * facts.f_frsize

    def _files(self) -> list[Path]:
        return [file for file in self.folder.rglob("*") if file.is_file()]


def _limit(pid: int, size: int) -> None:
    try:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    except ProcessLookupError:
        return  # it has died meanwhile; a new one starts without the limit
