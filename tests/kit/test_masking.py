"""What not everybody may read is masked right, whatever the name looks like (promise V7)."""

from __future__ import annotations

import pytest

from kit.masking import masked_address, masked_birth, masked_identity, masked_name, masked_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        pytest.param("19900000001", "199****0001", id="mobile"),
        pytest.param("199 0000 0001", "199****0001", id="in groups"),
        pytest.param("0746-1234567", "074****4567", id="landline"),
        pytest.param("1234567", "****67", id="local"),
        pytest.param("120", "****", id="short"),
        pytest.param("", "", id="empty"),
        pytest.param(None, "", id="none"),
    ],
)
def test_a_telephone_shows_three_and_four(phone: str | None, masked: str) -> None:
    assert masked_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        pytest.param("赵一禾", "赵*", id="three characters"),
        pytest.param("王芳", "王*", id="two characters"),
        pytest.param("欧阳十锦", "欧阳*", id="long surname"),
        pytest.param("欧阳", "欧*", id="a long surname alone is a short name"),
        pytest.param("𠮷百田", "𠮷*", id="four bytes"),
        pytest.param("阿依古丽·五星", "阿*", id="with a dot"),
        pytest.param(" 赵一禾 ", "赵*", id="blanks around"),
        pytest.param("", "", id="empty"),
        pytest.param(None, "", id="none"),
    ],
)
def test_a_name_shows_its_surname(name: str | None, masked: str) -> None:
    assert masked_name(name, ("欧阳", "司马")) == masked


def test_a_birth_shows_its_year_and_an_address_its_street() -> None:
    assert masked_birth("1946-02-09") == "1946"
    assert masked_address("青禾街道桂花路12号3单元", ("街道", "路")) == "青禾街道***"
    assert masked_address("金桂花园3栋", ("路",)) == "***"


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        pytest.param("43010119460209123X", "430*************3X", id="eighteen places"),
        pytest.param("430101460209123", "430**********23", id="fifteen places"),
        pytest.param("4301", "****", id="broken"),
    ],
)
def test_an_identity_number_shows_three_and_two(number: str, masked: str) -> None:
    assert masked_identity(number) == masked
