"""What Alembic runs to bring a database up to date, on the connection and in the transaction it is handed."""

from __future__ import annotations

from alembic import context

from bot.store import schema, schema_staff

assert schema_staff.staff.metadata is schema.METADATA  # noqa: S101 - and so the console's tables are among them
context.configure(connection=context.config.attributes["connection"], target_metadata=schema.METADATA)
context.run_migrations()
