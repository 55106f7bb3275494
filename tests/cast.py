"""A small fixed cast: one community with a branch, its staff, a few members, accounts and posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.help.posts import ServicePost
from models.people.members import Person
from models.people.organisation import Organisation
from services.county import seed

SEED: dict[str, Any] = {
    "organisations": [
        {"key": "county", "name": "东禾县离退休干部党工委", "kind": "county_work_committee", "phone": "19900000100"},
        {"key": "qinghe", "name": "青禾街道党工委", "kind": "township_committee", "parent": "county"},
        {
            "key": "guihua",
            "name": "桂花社区",
            "kind": "community_committee",
            "parent": "qinghe",
            "phone": "19900000900",
        },
        {"key": "jinguihua", "name": "金桂花园党支部", "kind": "estate_branch", "parent": "guihua"},
        {"key": "jinguihua-1", "name": "金桂花园1号楼党小组", "kind": "building_group", "parent": "jinguihua"},
        {"key": "liutang", "name": "柳塘社区", "kind": "community_committee", "parent": "qinghe"},
        {"key": "liuan", "name": "柳岸新村党支部", "kind": "estate_branch", "parent": "liutang"},
        {"key": "jiaoyuju", "name": "县教育局离退休党支部", "kind": "unit_branch", "parent": "county"},
    ],
    "members": [
        {
            "key": "zhao",
            "name": "赵一禾",
            "sex": "female",
            "birth": "1946-02-09",
            "birth_calendar": "lunar",
            "phone": "19900000001",
            "branch": "jinguihua",
            "community": "guihua",
            "openid": "oZhao",
            "lives_alone": True,
            "skills": ["haircut"],
            "consents": ["basic", "health"],
            "liaison": "leader",
            "estate": "金桂花园",
            "building": "1号楼",
            "room": "301",
            "contacts": [{"name": "赵小禾", "relation": "女儿", "phone": "19900000071", "openid": "oDaughter"}],
        },
        {
            "key": "qian",
            "name": "钱二梅",
            "sex": "female",
            "birth": "1950-05-06",
            "phone": "19900000002",
            "branch": "jinguihua",
            "community": "guihua",
            "openid": "oQian",
            "consents": ["basic"],
        },
        {
            "key": "wang",
            "name": "王百川",
            "sex": "male",
            "birth": "1966-09-01",
            "phone": "19900000008",
            "branch": "jiaoyuju",
            "unit": "县教育局",
            "retires_on": "2026-09-30",
        },
        {"key": "leader", "name": "吴六合", "sex": "male", "birth": "1955-03-03", "branch": "jinguihua",
         "community": "guihua", "openid": "oLeader", "consents": ["basic"]},
        {"key": "feng", "name": "冯九思", "sex": "male", "birth": "1948-08-08", "branch": "liuan",
         "community": "liutang", "openid": "oFeng", "consents": ["basic"]},
        {"key": "secretary", "name": "李四友", "sex": "male", "birth": "1958-01-02", "phone": "19900000004",
         "branch": "jinguihua", "community": "guihua", "openid": "oSecretary", "consents": ["basic"]},
    ],
    "roles": [
        {"member": "secretary", "role": "branch_secretary", "at": "jinguihua", "from": "2026-01-01"},
        {"member": "leader", "role": "group_leader", "at": "jinguihua-1", "from": "2026-01-01"},
    ],
    "posts": [
        {"number": 3, "title": "政策宣传员", "organisation": "guihua", "slots": 2, "exertion": "light"},
        {"number": 5, "title": "治安巡逻员", "organisation": "guihua", "slots": 1, "exertion": "medium"},
    ],
    "staff": [
        {"key": "worker", "name": "周五常", "phone": "19900000005", "role": "community_worker", "at": "guihua",
         "openid": "oWorker"},
        {"key": "township", "name": "郑七巧", "role": "township_worker", "at": "qinghe", "openid": "oTownship"},
        {"key": "chief", "name": "陈十全", "role": "county_worker", "at": "county", "openid": "oChief"},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """Everybody and everything of the small community, by name."""

    county: Organisation
    township: Organisation
    community: Organisation
    branch: Organisation
    group: Organisation
    other_community: Organisation
    other_branch: Organisation
    unit_branch: Organisation
    zhao: Person
    """A widow of eighty, bound (oZhao), lives alone, born lunar 1946-02-09; the leader is her liaison."""
    qian: Person
    """Bound (oQian)."""
    wang: Person
    """A new retiree of the education bureau, neither bound nor checked in."""
    feng: Person
    """Of the other community (oFeng)."""
    leader: Person
    secretary: Person
    worker: Person
    township_worker: Person
    chief: Person
    post: ServicePost
    """Number 3, two places, light."""
    patrol: ServicePost
    """Number 5, one place, medium."""


async def arrange(now: datetime) -> Cast:
    """Put the cast into an empty database."""
    await seed.load(SEED, now=now)
    places = {place.key: place for place in await Organisation.all()}
    people = {person.key: person for person in await Person.all()}
    posts = {post.number: post for post in await ServicePost.all()}
    return Cast(
        county=places["county"],
        township=places["qinghe"],
        community=places["guihua"],
        branch=places["jinguihua"],
        group=places["jinguihua-1"],
        other_community=places["liutang"],
        other_branch=places["liuan"],
        unit_branch=places["jiaoyuju"],
        zhao=people["zhao"],
        qian=people["qian"],
        wang=people["wang"],
        feng=people["feng"],
        leader=people["leader"],
        secretary=people["secretary"],
        worker=people["worker"],
        township_worker=people["township"],
        chief=people["chief"],
        post=posts[3],
        patrol=posts[5],
    )
