"""What every test may use: the real library, advisor and look-up, prepared once."""

from __future__ import annotations

import pytest

from dialogs.advisor import Advisor
from dialogs.lookup import Clerk
from knowledge.library import Library
from knowledge.loading import open_library


@pytest.fixture(scope="session")
def library() -> Library:
    return open_library()


@pytest.fixture(scope="session")
def advisor(library: Library) -> Advisor:
    return Advisor(library)


@pytest.fixture(scope="session")
def clerk(library: Library, advisor: Advisor) -> Clerk:
    return Clerk(library, advisor.reader)
