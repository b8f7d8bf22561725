"""What only building the tables needs, or only few visitors, is not loaded by a service that answers questions."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.knowledge.reading import CITIES

TOOLS = ("pypinyin", "opencc_purepy", "jieba")
FOR_FEW = ("PIL", "icalendar")
SERVED = """
import json, sys
from datetime import date
import bot.channels.calendar, bot.photo
from dialogs.advisor import Advisor
from dialogs.session import Session
from knowledge.loading import open_library
advisor = Advisor(open_library())
for text in ("開封辦居住證要什麽材料", "kaifeng qianzhu guoqi le", "开封签主过期了怎么办，西安康复路"):
    assert advisor.take_turn(Session(), text, today=date(2026, 11, 21)).saying.city == "kaifeng", text
print(json.dumps([name for name in sys.modules if "." not in name]))
"""


def test_answering_loads_neither_the_tools_nor_what_few_visitors_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVED], capture_output=True, check=False, encoding="utf-8", cwd=CITIES.parents[1]
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    assert "rjieba" in loaded
    assert loaded & {*TOOLS, *FOR_FEW} == set()
