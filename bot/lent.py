"""What the house lends to its pages, so that they open transactions and draw codes without knowing where from."""

from __future__ import annotations

from datetime import datetime

from bot.house import House
from bot.portions import portion
from bot.retry import try_again
from console.desk import Doors
from kit.shelf import Shelf
from models.database import transaction
from models.inbox import InboxMessage
from wechat.errors import WeChatError


def doors(house: House) -> Doors:
    """A transaction, the county's numbers, the account's own QR codes, one more attempt at a parked message, and the
    way in for members."""
    shelf = Shelf(house.settings.data_dir / "shelf")

    async def do_again(number: int, now: datetime) -> str:
        row = await InboxMessage.get_or_none(id=number, state="parked")
        return await try_again(house, row, now) if row else "done"

    def member_way(state: str) -> str:
        settings = house.settings
        return house.client.oauth_url(settings.wechat_open_base, f"{settings.public_url.rstrip('/')}/m/in", state)

    def verify_link(code: str) -> str:
        return f"{house.settings.public_url.rstrip('/')}/m/verify/{code}"

    return Doors(
        transaction,
        house.county,
        house.client.qr_temporary,
        WeChatError,
        portion,
        shelf,
        do_again,
        member_way,
        house.client.oauth_exchange,
        house.client.qr_permanent,
        verify_link,
    )
