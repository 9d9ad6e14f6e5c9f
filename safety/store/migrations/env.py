"""Alembic environment: the address comes from the caller, never from a file."""

from alembic import context

from safety.store.engine import writer
from safety.store.tables import metadata

engine = writer(context.config.attributes["db_url"])
with engine.begin() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()
engine.dispose()
