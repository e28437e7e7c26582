"""The verdict on one incoming article: new, revision, update, copy or redelivery. Pure; facts in, decision out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from services.contracts import events

from .changes import Changes, changes_between
from .groups import copied_from
from .members import Candidate, Member, trusted_instant
from .similarity import Compared, Edge

CANDIDATES_COMPARED = 20
"""The most texts compared in one claim; those sharing most hashes come first. Two are compared on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """`edges` are verified and belong in the archive; `near_misses` are kept for review; `capped` says some were not compared."""

    edges: tuple[Edge, ...] = ()
    near_misses: tuple[Edge, ...] = ()
    capped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class New(_Judged):
    """Nothing like it is known."""

    name: ClassVar[events.Verdict] = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision(_Judged):
    """The article at this URL changed; its edges are those of the new text."""

    name: ClassVar[events.Verdict] = "revision"
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(_Judged):
    """The same outlet group published it again elsewhere, later and materially changed; `of` is the latest one before."""

    name: ClassVar[events.Verdict] = "update"
    of: str
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy(_Judged):
    """Another outlet has it too. `of` is who it was copied from, or the nearest one where this is the earliest."""

    name: ClassVar[events.Verdict] = "copy"
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redelivery(_Judged):
    """Nothing to publish. `of` is set for `same outlet`: the incoming URL is then an alias of that article.

    `older fetch` belongs in the history, below the current revision; for `same page` nothing new is known at all;
    `no change` means a new fetch of the same text.
    """

    name: ClassVar[events.Verdict] = "redelivery"
    reason: Literal["same fetch", "same page", "older fetch", "no change", "same outlet"]
    of: str | None = None


Verdict = New | Revision | Update | Copy | Redelivery


def judge(incoming: Member, stored: Member | None, candidates: Sequence[Candidate]) -> Verdict:
    """Decide what an article is, given the stored article of the same URL and the candidates of its sketch or text hash.

    `stored` is the current revision. The rules, in order, are in docs/sameness.md.
    """
    if stored is not None:
        known = _known_fetch(incoming, stored)
        if known is not None:
            return known
        changes = changes_between(stored, incoming)
        if not changes.is_material and not incoming.is_replay:
            return Redelivery(reason="no change")
        edges, near_misses, capped = _compare(incoming, candidates)
        return Revision(changes=changes, edges=edges, near_misses=near_misses, capped=capped)
    return _judge_new_url(incoming, candidates)


def _known_fetch(incoming: Member, stored: Member) -> Redelivery | None:
    if incoming.fetch_id == stored.fetch_id:
        return Redelivery(reason="same fetch")
    if incoming.page_hash == stored.page_hash and not incoming.is_replay:
        return Redelivery(reason="same page")
    if incoming.fetched_at < stored.fetched_at:
        return Redelivery(reason="older fetch")
    return None


def _judge_new_url(incoming: Member, candidates: Sequence[Candidate]) -> Verdict:
    edges, near_misses, capped = _compare(incoming, candidates)
    by_id = {candidate.member.article_id: candidate.member for candidate in candidates}
    same = [by_id[edge.article_id] for edge in edges]
    if not same:
        return New(near_misses=near_misses, capped=capped)
    siblings = [member for member in same if member.outlet_group == incoming.outlet_group]
    if not siblings:
        origin = copied_from(incoming, same) or by_id[edges[0].article_id]
        return Copy(of=origin.article_id, edges=edges, near_misses=near_misses, capped=capped)
    unchanged = [m for m in siblings if not changes_between(m, incoming).is_material]
    latest = max(siblings, key=_published_or_seen)
    if unchanged or _published_or_seen(incoming) < _published_or_seen(latest):
        of = (unchanged or [latest])[0].article_id
        return Redelivery(reason="same outlet", of=of, edges=edges, near_misses=near_misses, capped=capped)
    changes = changes_between(latest, incoming)
    return Update(of=latest.article_id, changes=changes, edges=edges, near_misses=near_misses, capped=capped)


def _compare(
    incoming: Member, candidates: Sequence[Candidate]
) -> tuple[tuple[Edge, ...], tuple[Edge, ...], bool]:
    """Verified edges and near misses, the closest first, and whether candidates were left out."""
    others = [candidate for candidate in candidates if candidate.member.article_id != incoming.article_id]
    if not others:
        return (), (), False
    ranked = sorted(others, key=lambda candidate: (-candidate.shared_hashes, candidate.member.article_id))
    text = Compared(incoming.title, incoming.text)
    compared = [
        text.edge_to(candidate.member.article_id, Compared(candidate.member.title, candidate.member.text))
        for candidate in ranked[:CANDIDATES_COMPARED]
    ]
    compared.sort(key=lambda edge: (-edge.containment, -edge.head_containment, edge.article_id))
    verified = tuple(edge for edge in compared if edge.is_verified)
    near = tuple(edge for edge in compared if edge.is_near_miss)
    return verified, near, len(ranked) > CANDIDATES_COMPARED


def _published_or_seen(member: Member) -> datetime:
    return trusted_instant(member) or member.first_seen
