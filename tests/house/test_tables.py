"""A database that was migrated is the one the models describe, and the migrations use only what both engines bear."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

from kit.vault import Vault
from models import database
from models.database import configuration, connection
from models.schema import pending, upgrade

STEPS = sorted((Path(__file__).parents[2] / "models" / "migrations").glob("0*.py"))
ALLOWED = {
    "CreateModel", "DeleteModel", "AddField", "AddIndex", "RemoveIndex", "AddConstraint", "RenameField",
    "RunPython", "RunSQL",
}  # fmt: skip
"""On SQLite `AlterField` and `RemoveField` rebuild the table and lose its unique constraints and indexes."""

MEMORY = "sqlite://:memory:"
POSTGRES = os.environ.get("JINQIU_TEST_DATABASE", "")
VAULT = Vault(b"0123456789abcdef0123456789abcdef")
Shape = dict[str, set[str]]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.stem)
def test_a_migration_uses_only_what_is_safe_on_both_engines(step: Path) -> None:
    tree = ast.parse(step.read_text("utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    used = {one.attr for one in calls if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "ops"}
    assert used
    assert used <= ALLOWED


async def test_the_models_have_no_change_without_a_migration() -> None:
    config = configuration(MEMORY)
    await Tortoise.init(config=config)
    try:
        assert Tortoise.apps is not None
        _without_descriptions()
        changes = await MigrationAutodetector(Tortoise.apps, config["apps"]).changes()
        assert not [operation for one in changes for operation in one.operations]
    finally:
        await Tortoise.close_connections()


def _without_descriptions() -> None:
    """Descriptions stay out of the migrations: they are docstrings (tools/migration)."""
    for models in (Tortoise.apps or {}).values():
        for model in models.values():
            model._meta.table_description = ""


@pytest.mark.parametrize(
    "url", [MEMORY, *([POSTGRES] if POSTGRES else [])], ids=["sqlite", "postgres"][: 1 + bool(POSTGRES)]
)
async def test_a_migrated_database_is_the_one_the_models_describe(url: str) -> None:
    described = await _shape(url, migrated=False)
    migrated = await _shape(url, migrated=True)
    assert described
    assert migrated.keys() == described.keys()
    assert {name: migrated[name] ^ described[name] for name in described if migrated[name] != described[name]} == {}


async def _shape(url: str, *, migrated: bool) -> Shape:
    await database.open_database(url, VAULT)
    try:
        if url != MEMORY:
            await connection().execute_script("drop schema public cascade; create schema public;")
        if migrated:
            await upgrade()
            assert await pending() == []
        else:
            await Tortoise.generate_schemas(safe=False)
        return await (_shape_on_sqlite() if url == MEMORY else _shape_on_postgres())
    finally:
        await database.close_database()


async def _shape_on_sqlite() -> Shape:
    """Each table with its columns, its indexes and its unique constraints."""
    rows = await connection().execute_query_dict("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name: await _table_on_sqlite(name) for name in {row["name"] for row in rows} if _is_ours(name)}


async def _table_on_sqlite(name: str) -> set[str]:
    ask = connection().execute_query_dict
    columns = await ask(f"PRAGMA table_info('{name}')")
    parts = {f"column {one['name']} {one['type'].upper()} notnull={one['notnull']} pk={one['pk']}" for one in columns}
    for index in await ask(f"PRAGMA index_list('{name}')"):
        over = [row["name"] for row in await ask(f"PRAGMA index_info('{index['name']}')")]
        parts.add(f"index {over} unique={index['unique']}")
    for key in await ask(f"PRAGMA foreign_key_list('{name}')"):
        parts.add(f"reference {key['from']} {key['table']} {key['on_delete']}")
    return parts


async def _shape_on_postgres() -> Shape:
    ask = connection().execute_query_dict
    shape: Shape = {}
    for row in await ask("SELECT * FROM information_schema.columns WHERE table_schema = 'public'"):
        facts = f"{row['data_type']} {row['character_maximum_length']} {row['is_nullable']} {row['column_default']}"
        shape.setdefault(row["table_name"], set()).add(f"column {row['column_name']} {facts}")
    for row in await ask("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"):
        shape[row["tablename"]].add(re.sub(r"INDEX \S+ ON", "INDEX ON", row["indexdef"]))
    return {name: parts for name, parts in shape.items() if _is_ours(name)}


def _is_ours(table: str) -> bool:
    return table not in ("tortoise_migrations", "sqlite_sequence") and not table.startswith("procrastinate")
