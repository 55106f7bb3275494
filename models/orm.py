"""The tables' configuration for the migration tool, on a database of its own in memory."""

from models.database import configuration

TORTOISE_ORM = configuration("sqlite://:memory:")
