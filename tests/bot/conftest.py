"""What the tests of the public site are run with. Another advisor or library is swapped in here."""

from __future__ import annotations

import pytest

from dialogs.advisor import Advisor
from knowledge.library import Library
from knowledge.loading import open_library


@pytest.fixture(scope="session")
def library() -> Library:
    return open_library()


@pytest.fixture(scope="session")
def advisor(library: Library) -> Advisor:
    return Advisor(library)
