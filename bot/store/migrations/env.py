"""What Alembic runs to bring a database up to date, on the connection and in the transaction it is handed."""

from __future__ import annotations

from alembic import context

from bot.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
