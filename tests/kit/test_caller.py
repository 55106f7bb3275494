"""The caller's address: a trusted proxy's word is taken, everybody else's is not."""

from __future__ import annotations

import pytest

from kit.caller import read_proxies

PROXY, OFFICE, STRANGER = "127.0.0.1", "203.0.113.9", "198.51.100.7"


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "caller"),
    [
        pytest.param("", STRANGER, [], STRANGER, id="nobody between"),
        pytest.param("", PROXY, [OFFICE], PROXY, id="a proxy nobody trusts"),
        pytest.param(PROXY, PROXY, [OFFICE], OFFICE, id="a trusted proxy"),
        pytest.param(PROXY, STRANGER, [OFFICE], STRANGER, id="a stranger who forges the header"),
        pytest.param(PROXY, PROXY, [f"{OFFICE}, {STRANGER}"], STRANGER, id="a header the proxy only adds to"),
        pytest.param(PROXY, PROXY, [OFFICE, STRANGER], STRANGER, id="two headers"),
        pytest.param(f"{PROXY},2001:db8::/32", PROXY, [f"{OFFICE}, 2001:db8::7"], OFFICE, id="two trusted proxies"),
        pytest.param("private", "fd00::2", ["2a00::5"], "2a00::5", id="a proxy in a private network"),
        pytest.param("private", "2a00::2", ["2a00::5"], "2a00::2", id="a stranger from outside it"),
        pytest.param(PROXY, PROXY, [f"{OFFICE}, nonsense"], PROXY, id="no address"),
        pytest.param(PROXY, PROXY, [""], PROXY, id="empty"),
        pytest.param(PROXY, PROXY, [PROXY], PROXY, id="the proxy itself"),
        pytest.param(PROXY, "::ffff:127.0.0.1", [OFFICE], OFFICE, id="an address of the old kind in the new"),
        pytest.param("::1", "::1", ["2001:db8::5"], "2001:db8::5", id="the new kind"),
        pytest.param(PROXY, None, [OFFICE], None, id="a peer without address"),
    ],
)
def test_who_calls(trusted, peer, forwarded, caller):
    assert read_proxies(trusted).caller(peer, forwarded) == caller


def test_what_is_no_address_is_named():
    with pytest.raises(ValueError, match=r"JINQIU_TRUSTED_PROXY: 'proxy\.local'"):
        read_proxies("127.0.0.1, proxy.local")
