"""`cleanwire subscriber add|list|remove` against a real server: what the new user may do, and what bad use is told."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError

from services.console.commands.subscriber import subscriber_app
from services.console.exits import CommandError, Exit
from services.console.local.embedded_valkey import start_valkey

STREAM = "articles.cleaned"
FIRST, SECOND, THIRD = "1764547200000-0", "1764633600000-0", "1764720000000-0"

Run = Callable[..., str]


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, decode_responses=True) as client:
        before = set(client.acl_users())
        yield client
        for name in set(client.acl_users()) - before:
            client.acl_deluser(name)


@pytest.fixture
def run(
    redis: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs one `cleanwire subscriber` command line; what it printed on stdout."""
    monkeypatch.setenv("CLEANWIRE_REDIS_URL", redis_url)

    def run_command(*arguments: str) -> str:
        capsys.readouterr()
        subscriber_app(arguments, standalone_mode=False)
        return capsys.readouterr().out

    return run_command


def publish(redis: Redis, *ids: str) -> None:
    for entry_id in ids:
        redis.xadd(STREAM, {"id": entry_id}, id=entry_id)


def delivered(url: str, name: str) -> list[str]:
    with Redis.from_url(url, decode_responses=True) as client:
        reply = client.xreadgroup(name, "me", {STREAM: ">"}, count=100)
        return [entry_id for _, entries in reply for entry_id, _ in entries]


def added(run: Run, *arguments: str) -> dict[str, str]:
    facts = json.loads(run("add", *arguments, "--json"))
    assert isinstance(facts, dict)
    return facts


def refusal(run: Run, *arguments: str) -> CommandError:
    with pytest.raises(CommandError) as told:
        run(*arguments)
    return told.value


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("0", [FIRST, SECOND, THIRD]),
        ("2025-12-02", [SECOND, THIRD]),
        ("2025-12-02T00:00:00.001Z", [THIRD]),
        (SECOND, [THIRD]),
        ("2025-11-01", [FIRST, SECOND, THIRD]),
        ("2025-12-20", []),
        ("$", []),
    ],
)
def test_a_subscriber_reads_from_its_start_point(
    redis: Redis, run: Run, start: str, expected: list[str]
) -> None:
    publish(redis, FIRST, SECOND, THIRD)
    assert delivered(added(run, "desk", "--from", start)["url"], "desk") == expected


def test_a_subscriber_added_before_the_first_entry_gets_it(redis: Redis, run: Run) -> None:
    url = added(run, "desk", "--from", "$")["url"]
    publish(redis, FIRST)
    assert delivered(url, "desk") == [FIRST]


def test_the_new_user_reads_and_acknowledges_and_can_do_nothing_else(redis: Redis, run: Run) -> None:
    publish(redis, FIRST)
    redis.set("a.secret", "1")
    url = added(run, "desk")["url"]
    with Redis.from_url(url, decode_responses=True) as user:
        assert delivered(url, "desk") == [FIRST]
        assert user.xack(STREAM, "desk", FIRST) == 1
        assert user.xrange(STREAM) and user.xread({STREAM: "0"}) and user.xinfo_groups(STREAM)
        for forbidden in (
            lambda: user.xadd(STREAM, {"a": "b"}),
            lambda: user.xdel(STREAM, FIRST),
            lambda: user.xtrim(STREAM, maxlen=0),
            lambda: user.delete(STREAM),
            lambda: user.xgroup_destroy(STREAM, "desk"),
            lambda: user.xgroup_setid(STREAM, "desk", "0"),
            lambda: user.get("a.secret"),
            lambda: user.xlen("stories.updated"),
            lambda: user.xlen("articles.raw"),
            lambda: user.keys(),
            lambda: user.acl_list(),
            lambda: user.config_get("*"),
            lambda: user.eval("return 1", 0),
            lambda: user.publish("a", "b"),
            lambda: user.flushdb(),
        ):
            with pytest.raises(NoPermissionError):
                forbidden()


def test_a_subscriber_of_both_streams_has_a_group_on_each(redis: Redis, run: Run) -> None:
    added(run, "desk", "--stream", STREAM, "--stream", "stories.updated")
    assert [redis.xinfo_groups(stream)[0]["name"] for stream in (STREAM, "stories.updated")] == [
        "desk",
        "desk",
    ]


def test_the_credentials_are_printed_once_and_kept_nowhere_in_clear(redis: Redis, run: Run) -> None:
    password = added(run, "desk")["password"]
    assert password not in str(redis.execute_command("ACL", "LIST"))
    assert password not in run("list")


def test_what_is_printed_has_the_url_and_a_snippet_for_each_language(run: Run) -> None:
    printed = run("add", "desk", "--topic", "belarus-talks")
    assert printed.count("redis://desk:") == 4
    assert all(f"--- {language}, {STREAM} ---" in printed for language in ("redis-cli", "python", "node"))
    assert '"belarus-talks"' in printed


def test_a_host_of_its_own_is_put_into_the_url(run: Run) -> None:
    assert "@streams.example:6380/" in added(run, "desk", "--host", "streams.example:6380")["url"]


def test_the_list_shows_lag_and_last_seen(redis: Redis, run: Run) -> None:
    publish(redis, FIRST, SECOND)
    url = added(run, "desk")["url"]
    (before,) = (json.loads(line) for line in run("list", "--json").splitlines())
    assert (before["lag"], before["pending"], before["last_seen"]) == (2, 0, None)
    assert before["behind_s"] == 86_400
    delivered(url, "desk")
    (after,) = (json.loads(line) for line in run("list", "--json").splitlines())
    assert (after["lag"], after["pending"], after["behind_s"], after["has_user"]) == (0, 2, 0, True)
    assert after["last_seen"]
    assert "desk" in run("list") and "2 pending" in run("list")


def test_a_removed_subscriber_is_gone_and_cut_off(redis: Redis, run: Run) -> None:
    publish(redis, FIRST)
    url = added(run, "desk")["url"]
    with Redis.from_url(url, decode_responses=True) as user:
        user.ping()
        run("remove", "desk")
        assert redis.xinfo_groups(STREAM) == [] and "desk" not in redis.acl_users()
        with pytest.raises(RedisConnectionError):  # it was cut off, and cannot come back
            user.xlen(STREAM)
    assert "no subscriber 'desk'" in refusal(run, "remove", "desk").what
    added(run, "desk")


def test_a_taken_name_is_told_and_changes_nothing(redis: Redis, run: Run) -> None:
    added(run, "desk", "--stream", "stories.updated")
    told = refusal(run, "add", "desk")
    assert "the name 'desk' is taken" in told.what and "remove desk" in told.advice
    redis.xgroup_create(STREAM, "archive-team", "0", mkstream=True)
    told = refusal(run, "add", "archive-team", "--stream", "stories.updated", "--stream", STREAM)
    assert "articles.cleaned has a group of that name" in told.what
    assert [group["name"] for group in redis.xinfo_groups("stories.updated")] == ["desk"]
    assert "archive-team" not in redis.acl_users()


def test_subscriber_whose_user_is_lost_gets_a_new_one_and_goes_on_where_it_was(
    redis: Redis, run: Run
) -> None:
    publish(redis, FIRST, SECOND)
    lost = added(run, "desk", "--stream", STREAM, "--stream", "stories.updated")
    assert delivered(lost["url"], "desk") == [FIRST, SECOND]
    redis.acl_deluser("desk")
    assert "--resume" in refusal(run, "add", "desk").advice
    publish(redis, THIRD)
    again = added(run, "desk", "--resume")
    assert again["url"] != lost["url"]
    assert delivered(again["url"], "desk") == [THIRD]
    with Redis.from_url(again["url"]) as user:
        assert user.xlen("stories.updated") == 0
    renewed = added(run, "desk", "--resume")
    with pytest.raises(RedisConnectionError):
        delivered(again["url"], "desk")
    assert delivered(renewed["url"], "desk") == []
    assert "no group 'nobody' to resume" in refusal(run, "add", "nobody", "--resume").what


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("add", "Desk One"), "no name for a subscriber"),
        (("add", "store"), "Cleanwire's own"),
        (("add", "default"), "Cleanwire's own"),
        (("add", "desk", "--from", "yesterday"), "unknown start point 'yesterday'; allowed: 0"),
        (
            ("add", "desk", "--from", "1999999999999-0"),
            "unknown start point: 1999999999999-0 lies after the last",
        ),
        (("add", "desk", "--stream", "articles.raw"), "'articles.raw' is no public stream"),
        (("add", "desk", "--topic", 'x" + evil() + "'), "is no topic"),
        (("remove", "nobody"), "no subscriber 'nobody'"),
    ],
)
def test_bad_use_is_told(redis: Redis, run: Run, arguments: tuple[str, ...], what: str) -> None:
    publish(redis, FIRST)
    told = refusal(run, *arguments)
    assert what in told.what
    assert told.code == Exit.USAGE
    assert "desk" not in redis.acl_users()


def test_an_unknown_topic_is_told_with_the_topics_there_are(run: Run, tmp_path, monkeypatch) -> None:
    (tmp_path / "belarus-talks.toml").touch()
    monkeypatch.setenv("CLEANWIRE_TOPICS_DIR", str(tmp_path))
    told = refusal(run, "add", "desk", "--topic", "chess")
    assert (told.what, told.advice) == ("unknown topic 'chess'", "topics: belarus-talks")


def test_a_start_point_that_is_no_longer_kept_is_told(
    redis: Redis, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(redis, FIRST, SECOND, THIRD)
    redis.xtrim(STREAM, minid=THIRD, approximate=False)
    subscriber_app(["add", "desk", "--from", "2025-12-01"], standalone_mode=False)
    assert f"{STREAM} keeps nothing before {THIRD} any more: cleanwire export" in capsys.readouterr().err


def test_an_unreachable_server_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("CLEANWIRE_REDIS_URL", f"redis://:pass@127.0.0.1:{unused.getsockname()[1]}/0")
        told = refusal(run, "add", "desk")
    assert told.code == Exit.UNREACHABLE
    assert "no answer from Redis at redis://:***@127.0.0.1" in told.what


def test_a_wrong_password_and_a_lesser_user_are_told(
    redis: Redis, redis_url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = added(run, "desk")["url"]
    monkeypatch.setenv("CLEANWIRE_REDIS_URL", redis_url.replace("//", "//desk:wrong@"))
    told = refusal(run, "add", "second")
    assert told.code == Exit.UNREACHABLE and "refuses the user or the password" in told.what
    monkeypatch.setenv("CLEANWIRE_REDIS_URL", url)
    assert "may not manage subscribers" in refusal(run, "add", "second").what


def test_a_subscriber_outlives_a_restart_of_the_embedded_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = start_valkey(tmp_path)
    try:
        monkeypatch.setenv("CLEANWIRE_REDIS_URL", server.url)
        subscriber_app(["add", "desk", "--json"], standalone_mode=False)
        printed = capsys.readouterr()
        assert "ACL file" not in printed.err
        server.stop()
        server = start_valkey(tmp_path, server.port)
        with Redis.from_url(server.url) as operator:
            publish(operator, FIRST)
        assert delivered(json.loads(printed.out)["url"], "desk") == [FIRST]
    finally:
        server.stop()
