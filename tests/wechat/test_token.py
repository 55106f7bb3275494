"""One fetch for many, few fetches in any fault, and never a moment without a token that is still good."""

import asyncio

import pytest

from wechat.errors import OutcomeUnknown, TokenUnavailable, WeChatError
from wechat.token import (
    FETCH_LEASE,
    FETCHES_A_DAY,
    Fetch,
    MemoryTokenStore,
    StoredToken,
    TokenHolder,
    is_fetch_allowed,
)

NOW = 1_767_000_000.0


class Platform:
    """Counts what it is asked; gives the same token until it is told to change or is forced."""

    def __init__(self):
        self.now = NOW
        self.number = 1
        self.forcible = True
        self.asked = []
        self.running = 0
        self.failure = None

    async def fetch(self, force):
        self.asked.append((self.now, force))
        self.running += 1
        assert self.running == 1, "two fetches at once"
        await asyncio.sleep(0.01)
        self.running -= 1
        if self.failure:
            raise self.failure
        if force and self.forcible:
            self.number += 1
        return f"token-{self.number}", 7200


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def store():
    return MemoryTokenStore()


@pytest.fixture
def holder(platform, store):
    return TokenHolder(store, platform.fetch, lambda: platform.now, patience=0.4)


async def test_fifty_callers_make_one_fetch(holder, platform):
    assert set(await asyncio.gather(*(holder.get() for _ in range(50)))) == {"token-1"}
    assert len(platform.asked) == 1


async def test_fifty_refusals_make_one_fetch(holder, platform):
    failing = await holder.get()
    platform.number = 2
    renewed = await asyncio.gather(*(holder.renew(failing) for _ in range(50)))
    assert set(renewed) == {"token-2"}
    assert [force for _, force in platform.asked] == [False, False]


async def test_several_processes_make_one_fetch(platform, store):
    holders = [TokenHolder(store, platform.fetch, lambda: platform.now, patience=2) for _ in range(4)]
    assert set(await asyncio.gather(*(h.get() for h in holders))) == {"token-1"}
    platform.number = 2
    renewed = await asyncio.gather(*(h.renew("token-1") for h in holders for _ in range(10)))
    assert set(renewed) == {"token-2"}
    assert len(platform.asked) == 2


async def test_a_refusal_of_an_older_token_fetches_nothing(holder, platform):
    await holder.get()
    assert await holder.renew("token-0") == "token-1"
    assert len(platform.asked) == 1


async def test_the_same_token_again_is_forced_once(holder, platform):
    failing = await holder.get()
    assert await holder.renew(failing) == "token-2"
    assert [force for _, force in platform.asked] == [False, False, True]


async def test_forced_refreshes_keep_their_distance(holder, platform):
    await holder.renew(await holder.get())
    platform.now += 29
    with pytest.raises(TokenUnavailable):
        await holder.renew("token-2")
    assert [force for _, force in platform.asked].count(True) == 1


async def test_a_stuck_refusal_stays_within_the_limits(platform, store):
    platform.forcible = False
    holder = TokenHolder(store, platform.fetch, lambda: platform.now, patience=0)
    for _ in range(36 * 12):
        platform.now += 300
        try:
            await holder.renew(await holder.get())
        except TokenUnavailable:
            continue
    times = [at for at, _ in platform.asked]
    assert max(sum(t <= u < t + 60 for u in times) for t in times) <= 5
    assert max(sum(t <= u < t + 86_400 for u in times) for t in times) <= FETCHES_A_DAY
    forced = [at for at, force in platform.asked if force]
    assert max(sum(t <= u < t + 86_400 for u in forced) for t in forced) <= 20


@pytest.mark.parametrize(
    "failure",
    [WeChatError(-1), WeChatError(40164), OutcomeUnknown("stable_token")],
    ids=["busy", "whitelist", "lost"],
)
async def test_a_failing_token_endpoint_is_not_stormed(platform, store, failure):
    platform.failure = failure
    holder = TokenHolder(store, platform.fetch, lambda: platform.now, patience=0)
    for _ in range(300):
        platform.now += 1
        with pytest.raises(WeChatError):
            await holder.get()
    times = [at for at, _ in platform.asked]
    assert 5 <= len(times) <= 25
    assert max(sum(t <= u < t + 60 for u in times) for t in times) <= 5


async def test_a_token_is_renewed_before_its_end(holder, platform):
    await holder.get()
    platform.now += 7200 - 301
    assert await holder.get() == "token-1"
    assert len(platform.asked) == 1
    platform.now += 62
    platform.number = 2
    assert await holder.get() == "token-2"


async def test_the_old_token_serves_until_the_new_one_is_there(holder, platform):
    await holder.get()
    platform.now += 7200 - 100
    platform.failure = WeChatError(-1)
    assert await asyncio.gather(*(holder.get() for _ in range(20))) == ["token-1"] * 20
    assert len(platform.asked) == 2
    platform.now += 101
    with pytest.raises(WeChatError):
        await holder.get()


async def test_nobody_waits_for_anothers_fetch_while_the_token_is_good(holder, platform, store):
    await holder.get()
    platform.now += 7200 - 100
    assert await store.may_fetch(platform.now)
    async with asyncio.timeout(0.1):
        assert await holder.get() == "token-1"


async def test_the_same_token_near_its_end_is_not_asked_for_again_and_again(holder, platform):
    await holder.get()
    platform.now += 7000
    for _ in range(20):
        assert await holder.get() == "token-1"
    assert len(platform.asked) == 2


async def test_a_holder_sees_what_another_process_stored(holder, platform, store):
    await holder.get()
    assert await store.swap("token-1", StoredToken("token-9", NOW + 7200, NOW))
    assert await holder.renew("token-1") == "token-9"
    assert await holder.get() == "token-9"
    assert len(platform.asked) == 1


async def test_a_late_answer_does_not_overwrite_a_newer_token(holder, platform, store):
    await holder.get()

    async def overtaken(force):
        await store.swap("token-1", StoredToken("token-new", NOW + 7200, NOW))
        return "token-old", 7200

    holder._fetch = overtaken
    assert await holder.renew("token-1") == "token-new"


async def test_a_holder_that_died_while_fetching_is_replaced(holder, platform, store):
    assert await store.may_fetch(platform.now)
    with pytest.raises(TokenUnavailable):
        await holder.get()
    platform.now += FETCH_LEASE
    assert await holder.get() == "token-1"


@pytest.mark.parametrize("step", [86_400, -86_400], ids=["a day ahead", "a day back"])
async def test_a_step_of_the_clock_leaves_no_one_without_a_token(holder, platform, step):
    for number in range(2, 6):
        await holder.get()
        platform.number = number
        await holder.renew(f"token-{number - 1}")
        platform.now += 11
    platform.now += step
    assert (await holder.get()).startswith("token-")
    platform.number = 9
    assert await holder.renew("token-5") == "token-9"


ALLOWED = [
    ("first ever", [], None, False, True),
    ("one under way", [Fetch(NOW - 1)], NOW - 1, False, False),
    ("one died", [Fetch(NOW - FETCH_LEASE)], NOW - FETCH_LEASE, False, True),
    ("fifth in a minute", [Fetch(NOW - n) for n in range(4)], None, False, True),
    ("sixth in a minute", [Fetch(NOW - n) for n in range(5)], None, False, False),
    ("minute over", [Fetch(NOW - 60 - n) for n in range(5)], None, False, True),
    ("hundredth", [Fetch(NOW - 100 * n) for n in range(1, 100)], None, False, True),
    ("hundred and first", [Fetch(NOW - 100 * n) for n in range(1, 101)], None, False, False),
    ("yesterday's", [Fetch(NOW - 86_400 - n) for n in range(100)], None, False, True),
    ("force after 29 s", [Fetch(NOW - 29, True)], None, True, False),
    ("force after 30 s", [Fetch(NOW - 30, True)], None, True, True),
    ("ordinary after a force", [Fetch(NOW - 1, True)], None, False, True),
    ("sixteenth force", [Fetch(NOW - 100 * n, True) for n in range(1, 16)], None, True, False),
    ("the future's minute", [Fetch(NOW + 3600 + n) for n in range(5)], None, False, True),
    ("the future's fetch under way", [], NOW + 3600, False, True),
]


@pytest.mark.parametrize(
    ("begun", "running", "force", "may"), [case[1:] for case in ALLOWED], ids=[c[0] for c in ALLOWED]
)
def test_when_a_fetch_may_begin(begun, running, force, may):
    assert is_fetch_allowed(begun, running, NOW, force=force) is may


def test_a_stored_token_does_not_show_itself():
    assert "secret-token" not in repr(StoredToken("secret-token", 1, 0))
