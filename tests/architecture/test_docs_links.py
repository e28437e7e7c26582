"""What the pages point at is there: files, headings, and the decisions and pages that code names."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
PAGE_NAMED_IN_CODE = re.compile(r"\bdocs/[\w/-]+\.md\b")
DECISION_NAMED_IN_CODE = re.compile(r"\bdocs/decisions/(\d{4})\b")


def committed(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout: there is no list of committed files")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def anchors_of(page: Path) -> set[str]:
    """Its headings as hosts of Markdown spell them in links."""
    headings = re.findall(r"^#+ +(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(page: Path) -> Iterator[str]:
    for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        if "://" not in link and not link.startswith("mailto:"):
            yield link


def leads_nowhere(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors_of(target)


def test_every_link_of_a_page_leads_somewhere() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in committed("*.md")
        for link in links_of(page)
        if leads_nowhere(page, link)
    ]
    assert dead == []


def test_every_page_and_decision_that_code_names_is_there() -> None:
    decisions = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("0*.md")}
    missing = []
    for path in committed("*.py", "*.c", "*.toml", "*.yaml", "run", "deploy/*"):
        text = path.read_text(encoding="utf-8", errors="replace")
        missing += [
            f"{path.relative_to(ROOT)}: {name}"
            for name in PAGE_NAMED_IN_CODE.findall(text)
            if not (ROOT / name).is_file()
        ]
        missing += [
            f"{path.relative_to(ROOT)}: decision {number}"
            for number in DECISION_NAMED_IN_CODE.findall(text)
            if number not in decisions
        ]
    assert missing == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Two words\n[a](#two-words) [b](#three) [c](gone.md) [d](page.md) `[e](code.md)`\n")
    assert [link for link in links_of(page) if leads_nowhere(page, link)] == ["#three", "gone.md"]


def test_every_decision_stands_in_the_list_of_decisions_once() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = sorted(links_of(folder / "README.md"))
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
