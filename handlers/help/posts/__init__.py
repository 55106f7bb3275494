"""服务岗位: claiming a post near home, one's own posts, the review by staff, and how staff keep the posts."""

from handlers.help.posts import appraising, claiming, own, resting, reviewing, setting_up
from handlers.help.posts.router import router

__all__ = ["appraising", "claiming", "own", "resting", "reviewing", "router", "setting_up"]
