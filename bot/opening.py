"""Open the stores in the data folder and put the assistant together, for every channel the same."""

from __future__ import annotations

import logging

from bot.assistant import Assistant
from bot.operators import read_operators
from bot.settings import Settings
from bot.store.records import Labels, Records
from bot.store.sqlite import SqliteConversations
from bot.store.vault import Vault, key_notice
from dialogs.advisor import Advisor
from knowledge.library import Library

_log = logging.getLogger(__name__)


def make_assistant(settings: Settings, library: Library) -> Assistant:
    """Return the assistant with its stores in the data folder. Raises StoreError, CityError, sqlite3.DatabaseError."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    operators = read_operators(settings.operator_dir, library)
    vault = Vault.open(settings.data_dir)
    if vault.key_was_created:
        _log.warning("%s", key_notice(settings.data_dir))
    labels = Labels(
        cities={slug: city.name for slug, city in library.cities.items()},
        reminders={what: option.label for what, option in library.wordings["remind"].options["what"].items()},
    )
    records = Records.open(settings.data_dir, vault, labels=labels)
    conversations = SqliteConversations(settings.data_dir / "conversations.sqlite3", vault)
    return Assistant(Advisor(library), conversations, records, operators=operators, also_close=(vault.close,))
