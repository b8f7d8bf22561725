"""Open the stores that the settings name and put the assistant together, for every channel the same."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from bot.assistant import Assistant
from bot.counting import Counting
from bot.learning import Learning
from bot.operators import asks_by_item, read_operators
from bot.publishing import Publishing
from bot.settings import Settings
from bot.store.base import Conversations, Limits
from bot.store.records import Labels, Records
from bot.store.sqlite import SqliteConversations
from bot.store.vault import Vault, key_notice
from dialogs.advisor import Advisor
from knowledge.library import Library

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stores:
    """The stores in use. Nothing else of the program knows which implementations they are."""

    vault: Vault
    records: Records
    conversations: Conversations


def open_stores(settings: Settings, library: Library) -> Stores:
    """Open what the settings name: SQLite in the data folder, Redis and PostgreSQL by URL. Raises StoreError."""
    folder = settings.data_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault = Vault.open(folder, settings.database_url)
    if vault.key_was_created:
        _log.warning("%s", key_notice(folder))
    labels = Labels(
        cities={slug: city.name for slug, city in library.cities.items()},
        reminders={what: option.label for what, option in library.wordings["remind"].options["what"].items()},
        items=asks_by_item(library.wordings["declaration"]),
    )
    return Stores(vault, open_records(settings, vault, labels), _conversations(settings, vault))


def open_records(settings: Settings, vault: Vault, labels: Labels | None = None) -> Records:
    """Open the records that the settings name. Raises StoreError."""
    if settings.database_url is None:
        return Records.open(settings.data_dir, vault, labels=labels)
    return Records(settings.database_url, vault, labels=labels)


def _conversations(settings: Settings, vault: Vault) -> Conversations:
    limits = Limits(turns_a_minute=settings.turns_a_minute)
    if settings.redis_url is not None:
        from bot.store.redis import RedisConversations  # not needed where the store is a file

        return RedisConversations(settings.redis_url, vault, limits=limits)
    return SqliteConversations(settings.data_dir / "conversations.sqlite3", vault, limits=limits)


def make_assistant(settings: Settings, advisor: Advisor, stores: Stores | None = None) -> Assistant:
    """Return the assistant with its stores. Raises StoreError, CityError."""
    library = advisor.library
    operators = read_operators(settings.operator_dir, library)
    stores = stores or open_stores(settings, library)
    learning = Learning(library, stores.records, time.time) if settings.keeps_questions else None
    publishing = Publishing(stores.records, settings.data_dir, time.time)
    return Assistant(
        publishing.at_start(advisor),
        stores.conversations,
        stores.records,
        operators=operators,
        also_close=(stores.vault.close,),
        learning=learning,
        counting=Counting(stores.records, time.time),
        publishing=publishing,
        turns_at_once=settings.turns_at_once,
    )
