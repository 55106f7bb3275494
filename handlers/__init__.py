"""The face towards members: one router a capability; `routers.py` lists them in the order they listen."""
