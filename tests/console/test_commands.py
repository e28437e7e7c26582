"""The command line: what each command prints, where, and how it ends."""

import gzip
import json
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from redis import Redis

from services.console.exits import Exit
from services.console.main import app
from services.contracts.events import ARTICLE_PUBLISHED, PublicEvent
from services.contracts.messages import CleanArticle
from tests.console.command_line import Run, lines_run

PAGES = Path(__file__).parents[2] / "services" / "console" / "demo" / "pages"
EXPLAINER = str(PAGES / "lantern_potash.html")
OFF_TOPIC = str(PAGES / "courier_ferry.html")
HELP_WITHIN_S = 2.0  # 0.3 s on an idle machine; nothing heavy may be imported for it


@pytest.fixture
def cleanwire(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command line in this process: exit code, stdout, stderr."""
    monkeypatch.setenv("CLEANWIRE_DATA_DIR", str(tmp_path))
    return lines_run(capsys)


@pytest.fixture
def on_server(monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Redis:
    """The server that the commands find."""
    monkeypatch.setenv("CLEANWIRE_REDIS_URL", redis_url)
    return Redis.from_url(redis_url, decode_responses=True)


def published(number: int) -> dict[str, str]:
    article = CleanArticle(
        article_id=f"a{number}",
        canonical_id=f"a{number}",
        revision=1,
        url=f"https://example.org/{number}",
        canonical_url=f"https://example.org/{number}",
        outlet="Example",
        title=f"Title {number}",
        text="Some words.",
    )
    event = PublicEvent(
        id=f"a{number}:1",
        type=ARTICLE_PUBLISHED,
        subject=f"a{number}",
        time="2025-12-01T00:00:00Z",
        data=article.model_dump_json(),
    )
    return event.to_fields()


def commands() -> list[list[str]]:
    """Every command's words, subcommands included."""
    named = [[one.name or ""] for one in app.registered_commands]
    groups = [(group.name or "", group.typer_instance) for group in app.registered_groups]
    return named + [
        [name, one.name or ""] for name, group in groups if group for one in group.registered_commands
    ]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_explains_itself(cleanwire: Run, words: list[str]) -> None:
    code, out, _ = cleanwire(*words, "--help")
    assert code == Exit.DONE
    assert "Usage:" in out


def commands_of(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, (*words, name))
        else:
            yield *words, name


def test_every_command_teaches_by_example(cleanwire: Run) -> None:
    """More often than in its line of usage."""
    silent = [
        words
        for words in commands_of(typer.main.get_command(app))
        if " ".join(cleanwire(*words, "--help")[1].split()).count(f"cleanwire {' '.join(words)}") < 2
    ]
    assert silent == []


def test_help_is_fast() -> None:
    """By CPU time: what neighbours take of the machine is none of the command's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "services.console", "--help"], capture_output=True, check=False
    )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    assert used.ru_utime - before.ru_utime + used.ru_stime - before.ru_stime < HELP_WITHIN_S


def test_help_imports_no_service() -> None:
    program = (
        "import sys; from services.console.main import run; run(['--help']);"
        "print([name for name in sys.modules if name.startswith(('sqlalchemy', 'selectolax', 'httpx', 'redis', 'faststream'))], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "[]"


def test_unknown_command_is_a_usage_error(cleanwire: Run) -> None:
    code, out, err = cleanwire("bogus")
    assert (code, out) == (Exit.USAGE, "")
    assert "bogus" in err


def test_wrong_setting_names_variable_value_and_what_is_allowed(
    cleanwire: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEANWIRE_REDIS_URL", "http://nowhere")
    code, _, err = cleanwire("status")
    assert code == Exit.USAGE
    assert "CLEANWIRE_REDIS_URL" in err and "http://nowhere" in err and "redis://" in err


@pytest.mark.parametrize(
    "words", [["status"], ["tail"], ["dead", "list"], ["submit", "https://example.org/a"]], ids=" ".join
)
def test_unreachable_server_ends_with_three_and_masks_the_password(
    cleanwire: Run, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("CLEANWIRE_REDIS_URL", f"redis://user:geheim@127.0.0.1:{port}/0")
    code, out, err = cleanwire(*words)
    assert (code, out) == (Exit.UNREACHABLE, "")
    assert f"127.0.0.1:{port}" in err and "geheim" not in err


def test_refused_password_and_missing_rights_are_told_apart_from_silence(
    cleanwire: Run, on_server: Redis, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_server.acl_setuser("reader", enabled=True, passwords=["+right"], commands=["+ping"])
    for password, code, told in (
        ("wrong", Exit.UNREACHABLE, "did not let us in"),
        ("right", Exit.FAULT, "may not do this"),
    ):
        monkeypatch.setenv("CLEANWIRE_REDIS_URL", redis_url.replace("//", f"//reader:{password}@"))
        ended, _, err = cleanwire("status")
        assert ended == code and told in err and password not in err
    on_server.acl_deluser("reader")


def test_export_names_the_file_it_cannot_write_and_the_option_that_is_wrong(
    cleanwire: Run, tmp_path: Path
) -> None:
    cleanwire("migrate")
    code, _, err = cleanwire("export", "--output", str(tmp_path / "none" / "clean.jsonl"))
    assert code == Exit.FAULT and "--output is" in err and "name a file" in err
    code, _, err = cleanwire("export", "--since", "yesterday")
    assert code == Exit.USAGE and "--since: unknown start point 'yesterday'" in err


def test_extract_prints_the_article_as_json(cleanwire: Run) -> None:
    code, out, _ = cleanwire("extract", EXPLAINER, "--url", "https://example.org/potash")
    article = json.loads(out)
    assert code == Exit.DONE
    assert article["title"].startswith("Explained: what the United States")
    assert article["authors"] == [{"name": "Marek Dolny", "role": "author"}]
    assert {block["kept"] for block in article["blocks"]} == {True, False}


def test_extract_of_no_article_ends_with_four_and_the_reason(cleanwire: Run, tmp_path: Path) -> None:
    page = tmp_path / "zeros"
    page.write_bytes(bytes(5_000))
    code, out, err = cleanwire("extract", str(page))
    assert (code, out) == (Exit.REJECTED, "")
    assert "not text" in err


def test_extract_of_a_missing_file_says_what_may_be_given(cleanwire: Run) -> None:
    code, _, err = cleanwire("extract", "no-such-file.html")
    assert code == Exit.USAGE
    assert "no-such-file.html" in err and "stdin" in err


def test_extract_never_connects_to_a_forbidden_address(cleanwire: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        code, _, err = cleanwire("extract", f"http://127.0.0.1:{listener.getsockname()[1]}/")
        with pytest.raises(TimeoutError):
            listener.accept()
    assert code == Exit.FAULT
    assert "CLEANWIRE_ALLOW_PRIVATE_HOSTS" in err


def test_explain_shows_kept_and_cut_blocks_without_colour_in_a_pipe(cleanwire: Run) -> None:
    code, out, _ = cleanwire("explain", EXPLAINER)
    assert code == Exit.DONE
    assert any(line.startswith("+ ") for line in out.splitlines())
    assert any(line.startswith("- ") for line in out.splitlines())
    assert "\x1b" not in out


def test_explain_writes_one_page_of_html(cleanwire: Run, tmp_path: Path) -> None:
    target = tmp_path / "cuts.html"
    assert cleanwire("explain", EXPLAINER, "--html", str(target))[0] == Exit.DONE
    assert "<html" in target.read_text()


def test_topic_test_tells_on_topic_from_off_topic(cleanwire: Run) -> None:
    assert cleanwire("topic", "test", EXPLAINER)[0] == Exit.DONE
    code, out, _ = cleanwire("topic", "test", OFF_TOPIC)
    assert code == Exit.REJECTED
    assert "off topic" in out


def rows() -> list[dict[str, Any]]:
    text = " ".join(f"word{number} stands in sentence {number // 9} of this report." for number in range(60))
    other = " ".join(f"another{number} thing altogether was said {number * 7} times." for number in range(60))
    return [
        {"id": "one", "title": "First", "text": text},
        {"id": "two", "title": "First", "text": text},
        {"id": "three", "title": "Third", "text": other},
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_dedup_prints_one_verdict_per_line(cleanwire: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"rows{suffix}"
    lines = "".join(json.dumps(row) + "\n" for row in rows()).encode()
    file.write_bytes(gzip.compress(lines) if suffix.endswith("gz") else lines)
    code, out, _ = cleanwire("dedup", str(file))
    results = [json.loads(line) for line in out.splitlines()]
    assert code == Exit.DONE
    assert [(one["id"], one["verdict"]) for one in results] == [
        ("one", "new"),
        ("two", "copy"),
        ("three", "new"),
    ]
    assert results[0]["canonical_id"] == results[1]["canonical_id"] != results[2]["canonical_id"]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b'{"id": "a", "text": "b"}\n{"id": \n', "line 2"), (b"[1]\n", "line 1"), (b'{"id": 1}\n', "row 1")],
)
def test_dedup_names_the_line_that_is_wrong(
    cleanwire: Run, tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(content)
    code, out, err = cleanwire("dedup", str(file))
    assert (code, out) == (Exit.USAGE, "")
    assert told in err


def test_submit_puts_one_request_per_url_or_none(cleanwire: Run, on_server: Redis) -> None:
    code, out, _ = cleanwire("submit", "https://example.org/a", "https://example.org/b", "--json")
    assert code == Exit.DONE
    assert [json.loads(line)["url"] for line in out.splitlines()] == [
        "https://example.org/a",
        "https://example.org/b",
    ]
    assert on_server.xlen("fetch.requests") == 2
    assert cleanwire("submit", "https://example.org/c", "ftp://example.org/d")[0] == Exit.USAGE
    assert on_server.xlen("fetch.requests") == 2


def test_tail_prints_entries_from_where_it_is_told(cleanwire: Run, on_server: Redis) -> None:
    for number, entry_id in enumerate(["1764547200000-0", "1764633600000-0", "1764720000000-0"]):
        on_server.xadd("articles.cleaned", published(number), id=entry_id)
    for start, found in (("0", 3), ("2025-12-02", 2), ("1764633600000-0", 1), ("$", 0)):
        code, out, _ = cleanwire("tail", "--from", start, "--no-follow", "--json")
        assert (code, len(out.splitlines())) == (Exit.DONE, found), start
    event = json.loads(cleanwire("tail", "--from", "0", "--json", "-n", "1")[1])
    assert event["data"]["title"] == "Title 0"
    assert event["entryid"] == "1764547200000-0"
    assert "Example: Title 2" in cleanwire("tail", "--from", "2025-12-03", "--no-follow")[1]


def test_hostile_title_cannot_steer_the_terminal(cleanwire: Run, on_server: Redis) -> None:
    entry = published(1)
    on_server.xadd("articles.cleaned", entry | {"data": entry["data"].replace("Title 1", "Title \\u001b[2J")})
    assert "\x1b" not in cleanwire("tail", "--from", "0", "--no-follow")[1]
    assert "Title ·[2J" in cleanwire("tail", "--from", "0", "--no-follow")[1]


def test_demo_refuses_a_folder_that_is_not_empty(cleanwire: Run, tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    code, _, err = cleanwire("demo", "--data-dir", str(tmp_path))
    assert code == Exit.USAGE
    assert "not empty" in err


def test_tail_refuses_a_stream_that_there_is_not(cleanwire: Run, on_server: Redis) -> None:
    code, _, err = cleanwire("tail", "--stream", "articles.claned", "--no-follow")
    assert code == Exit.USAGE
    assert "articles.claned" in err and "articles.cleaned" in err
    assert cleanwire("tail", "--stream", "articles.raw.dead", "--no-follow")[0] == Exit.DONE


def test_url_without_a_host_is_a_usage_error(cleanwire: Run) -> None:
    code, out, err = cleanwire("extract", "https://")
    assert (code, out) == (Exit.USAGE, "")
    assert "https://example.org" in err


def test_tail_refuses_an_unknown_start(cleanwire: Run, on_server: Redis) -> None:
    code, _, err = cleanwire("tail", "--from", "yesterday")
    assert code == Exit.USAGE
    assert "yesterday" in err and "2025-12-01" in err


def test_status_has_the_documented_shape(cleanwire: Run, on_server: Redis) -> None:
    on_server.xadd("articles.raw", {"page": "x"})
    code, out, _ = cleanwire("status", "--json")
    told = json.loads(out)
    assert code == Exit.DONE
    assert set(told) == {"redis_url", "database_url", "services", "streams"}
    assert told["services"]["store"]["state"] == "absent"
    assert {"last_read", "last_commit"} <= set(told["services"]["store"])
    assert told["streams"]["articles.raw"]["groups"]["normalize"] == {
        "lag": 1,
        "pending": 0,
        "oldest_pending_s": None,
    }
    assert told["streams"]["articles.raw"] | {"groups": {}} == {"length": 1, "groups": {}, "dead": 0}


def test_status_masks_passwords_unless_told_otherwise(
    cleanwire: Run, on_server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEANWIRE_DATABASE_URL", "postgresql://me:geheim@127.0.0.1/cleanwire")
    assert "geheim" not in cleanwire("status")[1]
    assert "geheim" in cleanwire("status", "--show-secrets")[1]


def bury(redis: Redis, body: dict[str, Any], reason: str = "version: Input should be 1") -> str:
    """A dead letter as the runtime writes it; its address."""
    envelope = json.dumps({"headers": {"correlation_id": "c1"}, "data": json.dumps(body)})
    facts = {
        "reason": reason,
        "count": "1",
        "id": "1-1",
        "stream": "fetch.requests",
        "group": "ingest",
        "consumer": "c",
    }
    moments = {"first": "2025-12-01T00:00:00+00:00", "last": "2025-12-01T00:00:01+00:00"}
    fields = {"__data__": envelope, **{f"dead.{name}": value for name, value in (facts | moments).items()}}
    entry_id: Any = redis.xadd("fetch.requests.dead", fields)
    return f"fetch.requests/{entry_id}"


def test_dead_letters_are_listed_by_cause_and_one_by_one(cleanwire: Run, on_server: Redis) -> None:
    first = bury(on_server, {"version": 7}, "took 3 s")
    second = bury(on_server, {"version": 8}, "took 9 s")
    [cause] = [json.loads(line) for line in cleanwire("dead", "list", "--json")[1].splitlines()]
    assert (cause["count"], cause["letters"]) == (2, [first, second])
    letters = [
        json.loads(line)["letter"] for line in cleanwire("dead", "list", "--each", "--json")[1].splitlines()
    ]
    assert letters == [first, second]
    assert cleanwire("dead", "list", "--stream", "nonsense")[0] == Exit.USAGE


def test_dead_letter_is_shown_with_its_body_and_compared_with_the_contract(
    cleanwire: Run, on_server: Redis
) -> None:
    letter = bury(on_server, {"version": 7, "url": "https://example.org/a"})
    told = json.loads(cleanwire("dead", "show", letter, "--json")[1])
    assert told["body"]["url"] == "https://example.org/a"
    out = cleanwire("dead", "diff", letter, "--patch", '{"version": 1}')[1]
    assert "as it came: version:" in out
    assert "patched: keeps to the contract" in out
    assert '-  "version": 7' in out


def test_dead_letters_go_back_patched_by_their_cause(cleanwire: Run, on_server: Redis) -> None:
    letter = bury(on_server, {"version": 7, "url": "https://example.org/a"})
    [cause] = [json.loads(line)["cause"] for line in cleanwire("dead", "list", "--json")[1].splitlines()]
    assert cleanwire("dead", "retry", cause, "--patch", '{"version": 1}')[0] == Exit.DONE
    [(_, fields)] = on_server.xrange("fetch.requests")
    assert json.loads(json.loads(fields["__data__"])["data"])["version"] == 1
    assert on_server.xlen("fetch.requests.dead") == 0
    assert cleanwire("dead", "retry", letter)[0] == Exit.FAULT


def test_dead_letters_are_dropped_only_when_meant(cleanwire: Run, on_server: Redis) -> None:
    letter = bury(on_server, {"version": 7})
    assert cleanwire("dead", "drop", letter)[0] == Exit.USAGE
    assert on_server.xlen("fetch.requests.dead") == 1
    assert cleanwire("dead", "drop", letter, "--yes")[0] == Exit.DONE
    assert on_server.xlen("fetch.requests.dead") == 0
    assert cleanwire("dead", "show", "nonsense")[0] == Exit.USAGE


def test_migrate_tells_the_revision_and_may_be_repeated(cleanwire: Run) -> None:
    first = cleanwire("migrate")
    assert first[0] == Exit.DONE and first[1].strip()
    assert cleanwire("migrate")[:2] == first[:2]


def test_question_to_an_archive_that_is_not_there_makes_none(cleanwire: Run, tmp_path: Path) -> None:
    code, _, err = cleanwire("search", "ferry")
    assert code == Exit.UNREACHABLE and "there is no archive at" in err and "start the store" in err
    assert list(tmp_path.iterdir()) == []


def test_migrate_without_its_database_ends_with_three(
    cleanwire: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEANWIRE_DATABASE_URL", "postgresql://me:geheim@127.0.0.1:9/cleanwire")
    code, _, err = cleanwire("migrate")
    assert code == Exit.UNREACHABLE
    assert "geheim" not in err
