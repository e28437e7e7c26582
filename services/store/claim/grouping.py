"""Groups in the archive: an article joins, groups merge or fall apart as the verified edges say. Runs inside the claim."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from ..core.groups import groups_of
from ..core.members import Member, publication_rank
from ..database.prepared import Prepared, put_row, set_columns
from ..database.schema import article, article_group, edge
from ..database.statements import among, listed
from .lookup import MEMBER_COLUMNS, Stored, stored_of


@dataclass(frozen=True)
class Group:
    """A group's row. `revision` is the highest number ever given in it; `face` the article number subscribers last read."""

    group_id: int
    canonical: Member
    revision: int
    changes: int
    face: int | None
    members: int


@dataclass(frozen=True)
class CanonicalChanged:
    """Another member stands for the group now: an earlier original came to light, or (`is_split`) the group fell apart.

    After a split the previous canonical stands for the other part.
    """

    group_id: int
    previous_id: str
    canonical_id: str
    is_split: bool = False


@dataclass(frozen=True)
class GroupsMerged:
    """Two groups turned out to be one."""

    group_id: int
    absorbed_id: str
    canonical_id: str


GroupChange = CanonicalChanged | GroupsMerged


@dataclass(frozen=True)
class Grouped:
    """The group an article is in now, what changed among the groups on the way, who stands for parts that came off.

    Where `is_saved` is False the group's row is still as it was before.
    """

    group: Group
    changes: tuple[GroupChange, ...] = ()
    parts: tuple[Member, ...] = ()
    is_saved: bool = True


def join_groups(connection: Connection, member: Member, group_ids: Iterable[int]) -> Grouped:
    """Take a new article into the one group made of these; into a new group where there are none. Rows are locked.

    What it changes of a group that was there is not saved yet: the claim changes more of it.
    """
    groups = groups_by_id(connection, group_ids)
    if not groups:
        return Grouped(_new_group(connection, member, revision=1, members=1))
    grouped = _merged(connection, groups)
    group = grouped.group
    canonical = min(group.canonical, member, key=publication_rank)
    joined = replace(group, canonical=canonical, members=group.members + 1)
    return Grouped(joined, (*grouped.changes, *_canonical_change(group, joined)), is_saved=False)


def regroup(connection: Connection, stored: Stored, group_ids: Iterable[int]) -> Grouped:
    """Work these groups out anew after an article's text or dates changed: join, merge, split, choose canonicals.

    The rows of the groups are locked, the edges in the archive are the new ones. Returns the group of `stored`.
    """
    before = {group.group_id: group for group in groups_by_id(connection, group_ids)}
    rows = _members_of(connection, before)
    components = groups_of([row.member.article_id for row in rows], _edges_among(connection, before))
    by_id = {row.member.article_id: row for row in rows}
    own: Group | None = None
    changes: list[GroupChange] = []
    parts: list[Member] = []
    for component in components:
        part = [by_id[article_id] for article_id in sorted(component)]
        grouped = _settle_component(connection, part, before)
        changes += grouped.changes
        if stored.member.article_id in component:
            own = grouped.group
        elif grouped.group.group_id not in before:
            parts.append(grouped.group.canonical)
    if own is None:
        raise AssertionError(f"article {stored.member.article_id} is in none of its groups")
    return Grouped(own, tuple(changes), tuple(parts))


def groups_by_id(connection: Connection, group_ids: Iterable[int]) -> list[Group]:
    """The groups with their canonical members, by id."""
    wanted = sorted(set(group_ids))
    if not wanted:
        return []
    rows = GROUPS_BY_ID.all(connection, {"groups": listed(connection, wanted)})
    return [
        Group(row.own_group, stored_of(row).member, row.own_revision, row.changes, row.face, row.members)
        for row in rows
    ]


def save_group(connection: Connection, group: Group) -> None:
    """Write a group's row back."""
    set_columns(
        connection,
        article_group,
        article_group.c.group_id,
        group.group_id,
        canonical_id=group.canonical.article_id,
        revision=group.revision,
        changes=group.changes,
        face=group.face,
        members=group.members,
    )


def _settle_component(connection: Connection, part: Sequence[Stored], before: dict[int, Group]) -> Grouped:
    """One component: the groups whose canonical is in it become one; a part without any gets a row of its own."""
    ids = {row.member.article_id for row in part}
    heirs = [group for group in before.values() if group.canonical.article_id in ids]
    canonical = min((row.member for row in part), key=publication_rank)
    origin = before[part[0].group_id]
    changes: tuple[GroupChange, ...] = ()
    if heirs:
        merged = _merged(connection, heirs)
        group, changes = merged.group, merged.changes
    else:
        group = _new_group(connection, canonical, revision=origin.revision, members=0)
        changes = (CanonicalChanged(group.group_id, origin.canonical.article_id, canonical.article_id, True),)
    strangers = [row.number for row in part if row.group_id != group.group_id]
    _move_articles(connection, strangers, group.group_id)
    numbers = {row.number for row in part}
    settled = replace(
        group, canonical=canonical, members=len(part), face=group.face if group.face in numbers else None
    )
    save_group(connection, settled)
    return Grouped(settled, (*changes, *_canonical_change(group, settled)))


def _merged(connection: Connection, groups: Sequence[Group]) -> Grouped:
    """One group of several: that of the earliest canonical stays, the highest numbers win."""
    if len(groups) == 1:
        return Grouped(groups[0])
    survivor = min(groups, key=lambda group: publication_rank(group.canonical))
    absorbed = [group for group in groups if group is not survivor]
    whole = replace(
        survivor,
        revision=max(group.revision for group in groups),
        changes=max(group.changes for group in groups),
        face=next((group.face for group in (survivor, *absorbed) if group.face is not None), None),
        members=sum(group.members for group in groups),
    )
    values = {"absorbed": listed(connection, [group.group_id for group in absorbed])}
    moving = update(article).where(among(connection.dialect.name, article.c.group_id, "absorbed"))
    connection.execute(moving.values(group_id=survivor.group_id), values)
    connection.execute(
        delete(article_group).where(among(connection.dialect.name, article_group.c.group_id, "absorbed")),
        values,
    )
    canonical_id = survivor.canonical.article_id
    changes = tuple(
        GroupsMerged(survivor.group_id, group.canonical.article_id, canonical_id) for group in absorbed
    )
    return Grouped(whole, changes)


def _canonical_change(before: Group, after: Group) -> tuple[GroupChange, ...]:
    if before.canonical.article_id == after.canonical.article_id:
        return ()
    return (CanonicalChanged(after.group_id, before.canonical.article_id, after.canonical.article_id),)


def _new_group(connection: Connection, canonical: Member, *, revision: int, members: int) -> Group:
    row = {"canonical_id": canonical.article_id, "revision": revision, "changes": 0, "members": members}
    group_id = put_row(connection, article_group, row, article_group.c.group_id)
    return Group(group_id, canonical, revision, 0, None, members)


def _move_articles(connection: Connection, numbers: Sequence[int], group_id: int) -> None:
    if numbers:
        statement = (
            update(article)
            .where(among(connection.dialect.name, article.c.number, "numbers"))
            .values(group_id=group_id)
        )
        connection.execute(statement, {"numbers": listed(connection, numbers)})


def _members_of(connection: Connection, groups: Iterable[int]) -> list[Stored]:
    statement = (
        select(*MEMBER_COLUMNS)
        .join(article_group, article_group.c.group_id == article.c.group_id)
        .where(among(connection.dialect.name, article.c.group_id, "groups"))
    )
    return [
        stored_of(row)
        for row in connection.execute(statement, {"groups": listed(connection, sorted(groups))})
    ]


def _edges_among(connection: Connection, groups: Iterable[int]) -> list[tuple[str, str]]:
    statement = (
        select(edge.c.low, edge.c.high)
        .join(article, article.c.article_id == edge.c.low)
        .where(edge.c.verified == 1, among(connection.dialect.name, article.c.group_id, "groups"))
    )
    rows = connection.execute(statement, {"groups": listed(connection, sorted(groups))})
    return [(row.low, row.high) for row in rows]


def _groups_by_id(dialect: str) -> Select[*tuple[Any, ...]]:
    own = article_group.c
    return (
        select(
            *MEMBER_COLUMNS,
            own.group_id.label("own_group"),
            own.revision.label("own_revision"),
            own.changes,
            own.face,
            own.members,
        )
        .join(article_group, own.canonical_id == article.c.article_id)
        .where(among(dialect, own.group_id, "groups"))
        .order_by(own.group_id)
    )


GROUPS_BY_ID = Prepared(_groups_by_id)
