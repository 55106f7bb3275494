"""Ties WeChat accounts to people: paper slips (绑定条), a check by staff, undoing, unfollowing."""

from services.people.binding.slips import PrintedSlip, Tried, bind_by_scene, bind_by_slip, make_slips
from services.people.binding.staff_check import ask_staff, confirm, decline
from services.people.binding.telling import bound_lately
from services.people.binding.ties import bind, follow, undo, unfollow, untie

__all__ = [
    "PrintedSlip",
    "Tried",
    "ask_staff",
    "bind",
    "bind_by_scene",
    "bind_by_slip",
    "bound_lately",
    "confirm",
    "decline",
    "follow",
    "make_slips",
    "undo",
    "unfollow",
    "untie",
]
