"""The administrator's finger: says yes or no to a mass send that waits for it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulator.api.door import WORLD
from simulator.control.answers import wish
from simulator.errors import NotPossible
from simulator.state.mass import Job


async def listing(request: web.Request) -> web.Response:
    """All mass sends with their states."""
    return web.json_response([_facts(job) for job in request.app[WORLD].mass.jobs.values()])


async def decide(request: web.Request) -> web.Response:
    """{confirm: true | false}"""
    job = request.app[WORLD].mass.jobs.get(int(request.match_info["msg_id"]))
    if job is None:
        raise NotPossible("unknown-job", status=404)
    if (await wish(request)).get("confirm"):
        job.needs_admin = False
    else:
        job.status = "SEND_FAIL"
    return web.json_response(_facts(job))


def _facts(job: Job) -> dict[str, Any]:
    return {
        "msg_id": job.msg_id,
        "status": job.status,
        "needs_admin": job.needs_admin,
        "counts": dict(job.counts),
    }


ROUTES = [web.get("/sim/mass", listing), web.post(r"/sim/mass/{msg_id:\d+}", decide)]
