"""deploy/prepare: secrets that nobody else can read, and passwords that change without a moment in which neither is right."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    """A copy of what prepare reads, prepared once."""
    shutil.copy2(DEPLOY / "prepare", tmp_path)
    shutil.copytree(DEPLOY / "redis", tmp_path / "redis")
    prepare(tmp_path, "newsroom@example.org")
    return tmp_path


def prepare(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "prepare"), *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def secret(folder: Path, name: str) -> str:
    return (folder / "secrets" / name).read_text()


def hash_of(folder: Path, user: str) -> str:
    return "#" + hashlib.sha256(secret(folder, f"redis_{user}_password").encode()).hexdigest()


def line_of(folder: Path, user: str) -> list[str]:
    (line,) = [
        line for line in secret(folder, "redis_users.acl").splitlines() if line.startswith(f"user {user} ")
    ]
    return line.split()


def test_every_user_gets_a_password_of_its_own_and_redis_only_its_hash(deploy: Path) -> None:
    users = ("ingest", "normalize", "store", "operator", "scaler", "sentinel", "replica")
    assert len({secret(deploy, f"redis_{user}_password") for user in users}) == len(users)
    for user in users:
        assert line_of(deploy, user)[3] == hash_of(deploy, user)
        assert secret(deploy, f"redis_{user}_password") not in secret(deploy, "redis_users.acl")
    assert (
        "@"
        not in secret(deploy, "redis_users.acl").replace("+@", "").replace("-@", "").partition("\nuser")[2]
    )
    assert (deploy / "secrets").stat().st_mode & 0o077 == 0
    assert (
        secret(deploy, "redis_store_url")
        == f"redis://store:{secret(deploy, 'redis_store_password')}@redis:6379/0"
    )


def test_preparing_again_changes_nothing(deploy: Path) -> None:
    before = {path.name: path.read_text() for path in (deploy / "secrets").iterdir()}
    assert prepare(deploy, "somebody.else@example.org").returncode == 0
    assert {path.name: path.read_text() for path in (deploy / "secrets").iterdir()} == before
    assert "CLEANWIRE_CONTACT=newsroom@example.org" in (deploy / ".env").read_text()


def test_while_a_password_changes_both_are_right_and_then_the_new_one_alone(deploy: Path) -> None:
    old, others = hash_of(deploy, "ingest"), line_of(deploy, "store")
    inode = (deploy / "secrets" / "redis_users.acl").stat().st_ino
    assert prepare(deploy, "rotate", "ingest").returncode == 0
    assert line_of(deploy, "ingest")[3:5] == [hash_of(deploy, "ingest"), old]
    assert prepare(deploy, "retire").returncode == 0
    assert line_of(deploy, "ingest")[3:5] == [hash_of(deploy, "ingest"), "-@all"]
    assert hash_of(deploy, "ingest") != old
    assert line_of(deploy, "store") == others
    assert (deploy / "secrets" / "redis_users.acl").stat().st_ino == inode, (
        "containers mount the file, not its name"
    )


def test_wrong_words_are_refused_with_what_is_allowed(deploy: Path, tmp_path: Path) -> None:
    for arguments, said in (
        (("rotate", "nobody"), "no user 'nobody'; allowed: ingest normalize"),
        (("newsroom",), "'newsroom' is no e-mail address, no URL and no verb"),
    ):
        refused = prepare(deploy, *arguments)
        assert refused.returncode == 2
        assert said in refused.stderr
    shutil.rmtree(deploy / "secrets")
    assert "there are no secrets yet" in prepare(deploy, "rotate", "ingest").stderr
