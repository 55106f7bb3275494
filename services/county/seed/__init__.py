"""Loads a seed file (seams §4): organisations, people, offices, posts, all or nothing, safe to repeat."""

from services.county.seed.loading import load

__all__ = ["load"]
