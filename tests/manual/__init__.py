"""The pictures of the manual, taken from the real service."""
