"""The batch commands as a script meets them: a line in, a line out, and a bad line stops nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bot.process import without_our_settings

ROOT = Path(__file__).parents[2]
ASK_KEYS = {"id", "kind", "city", "topic", "text", "citations", "dates", "suggestions", "confidence"}


def run(*arguments: str, lines: bytes = b"", expect: int = 0) -> list[dict[str, Any]]:
    """Run `juzhuzheng …` with `lines` on standard input; return what it wrote, a JSON object a line."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=lines, capture_output=True, cwd=ROOT, env=without_our_settings(), timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == expect, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def jsonl(*rows: object) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def test_an_answer_has_the_keys_of_the_contract_and_fits_a_message() -> None:
    (row,) = run("ask", "--jsonl", lines=jsonl({"id": "1", "text": "签注过期了还能补吗", "city": "chifeng"}))
    assert set(row) == ASK_KEYS
    assert (row["id"], row["kind"], row["city"], row["topic"]) == ("1", "answer", "chifeng", "overdue")
    (citation,) = row["citations"]
    assert {key: citation[key] for key in ("city", "article", "paragraph", "item")} == {
        "city": "chifeng", "article": "20", "paragraph": 2, "item": None,
    }  # fmt: skip
    assert citation["quote"] in row["text"]
    assert len(row["text"].encode()) <= 2047
    assert row["dates"] == []
    assert 0 < row["confidence"] <= 1


def test_a_date_is_worked_out_relative_to_as_of_and_named() -> None:
    line = {"id": "1", "text": "证上周五到期了没签", "city": "chifeng", "as_of": "2026-11-21"}
    (row,) = run("ask", "--jsonl", lines=jsonl(line))
    assert (row["kind"], row["topic"]) == ("answer", "overdue")
    assert {"name": "last_day_to_keep_continuity", "date": "2026-12-14", "article": "20"} in row["dates"]
    assert "2026年12月14日" in row["text"]


def test_lines_of_one_user_are_one_conversation_and_others_are_not() -> None:
    rows = run(
        "ask",
        "--jsonl",
        lines=jsonl(
            {"id": 1, "text": "我在赤峰，补办居住证要钱吗", "city": None, "user": "a"},
            {"id": 2, "text": "那开封呢", "city": None, "user": "a"},
            {"id": 3, "text": "那开封呢", "city": None, "user": "b"},
            {"id": 4, "text": "那开封呢", "city": None},
        ),
    )
    assert [row["topic"] for row in rows] == ["fee_reissue", "fee_reissue", None, None]
    assert [row["city"] for row in rows[:2]] == ["chifeng", "kaifeng"]


BAD_LINES = {
    "no JSON": b"{\n",
    "no object": b"[1]\n",
    "no text": jsonl({"id": "x"}),
    "text is a number": jsonl({"id": "x", "text": 5}),
    "city is a list": jsonl({"id": "x", "text": "好", "city": ["luoyang"]}),
    "city we do not have": jsonl({"id": "x", "text": "好", "city": "xian"}),
    "no date": jsonl({"id": "x", "text": "好", "as_of": "tomorrow"}),
    "date is a number": jsonl({"id": "x", "text": "好", "as_of": 20261121}),
    "date of a week": jsonl({"id": "x", "text": "好", "as_of": "2026-W47-6"}),
    "no such day": jsonl({"id": "x", "text": "好", "as_of": "2026-02-30"}),
    "user is a list": jsonl({"id": "x", "text": "好", "user": ["a"]}),
    "no UTF-8": b'{"id": "x", "text": "\xff\xfe"}\n',
    "endless number": b'{"id": "x", "text": ' + b"1" * 5000 + b"}\n",
    "endless nesting": b"[" * 50_000 + b"\n",
    "too long": jsonl({"id": "x", "text": "问" * 100_001}),
    "binary": bytes(range(14, 256)) + b"\n",
}


STRANGE = ["", " ", "😀😀", "ᠮᠣᠩᠭᠣᠯ", "\x00\x01", "问" * 10_000, "<script>", "1", "\ud800"]
GOOD = jsonl({"id": "good", "text": "补办要钱吗", "city": "luoyang"})


@pytest.fixture(scope="module")
def after_bad_lines() -> dict[str, list[dict[str, Any]]]:
    """Return, for each bad line, its own output and that of the good line after it, all of one run."""
    rows = run("ask", "--jsonl", lines=b"".join(line + GOOD for line in BAD_LINES.values()), expect=1)
    assert len(rows) == 2 * len(BAD_LINES)
    return {name: rows[2 * index : 2 * index + 2] for index, name in enumerate(BAD_LINES)}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_is_told_in_its_place_and_the_run_goes_on(
    name: str, after_bad_lines: dict[str, list[dict[str, Any]]]
) -> None:
    bad, good = after_bad_lines[name]
    assert set(bad) == {"id", "error"}
    assert bad["error"]
    assert good["id"] == "good"
    assert "error" not in good


def test_strange_text_gets_a_calm_sentence() -> None:
    lines = b"".join(json.dumps({"id": 1, "text": text, "city": None}).encode() + b"\n" for text in STRANGE)
    for row in run("ask", "--jsonl", lines=lines):
        assert row["kind"] in ("clarify", "not_covered", "smalltalk"), row
        assert row["text"].strip(), row


def test_an_id_of_any_kind_comes_back_and_the_output_is_json() -> None:
    rows = run("ask", "--jsonl", lines=b'{"id": NaN, "text": "1"}\n{"id": {"a": [1]}, "text": "1"}\n\n{"text": "1"}\n')
    assert [row["id"] for row in rows] == ["nan", {"a": [1]}, None]


def test_staff_find_an_item_and_are_told_what_does_not_exist() -> None:
    found, missing, bad, no_number, first = run(
        "cite",
        "--jsonl",
        lines=jsonl(
            {"id": 1, "query": "巴中12条3项"},
            {"id": 2, "query": "洛阳第三十条"},
            {"id": 3, "query": "签注", "limit": 0},
            {"id": 4, "query": "签注", "limit": True},
            {"id": 5, "query": "签注", "limit": 1},
        ),
        expect=1,
    )
    assert (found["kind"], [(hit["article"], hit["item"]) for hit in found["hits"]]) == ("cite", [("12", 3)])
    assert (missing["kind"], missing["hits"]) == ("not_found", [])
    assert "24条" in missing["message"]
    assert "limit" in bad["error"]
    assert "limit" in no_number["error"]
    assert len(first["hits"]) == 1


def test_a_look_up_that_reads_like_a_number_and_is_none_goes_on() -> None:
    rows = run("cite", "--jsonl", lines=jsonl({"id": 1, "query": "十十3条"}, {"id": 2, "query": "千12零章"}))
    assert all(row["kind"] in ("search", "phrase", "not_found") for row in rows)
    assert all(row["message"] for row in rows if row["kind"] == "not_found")


def test_a_regulation_is_parsed_to_one_object(tmp_path: Path) -> None:
    (act,) = run("parse", str(ROOT / "knowledge" / "cities" / "kaifeng" / "source.txt"))
    assert len(act["articles"]) == 31
    assert "2018年1月2日印发" in act["tail"]
    chinese = tmp_path / "办法.txt"
    chinese.write_bytes("云州市居住证办法\n第一条 甲。".encode("gb18030"))
    assert run("parse", str(chinese))[0]["title"] == "云州市居住证办法"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert run("parse", str(tmp_path / "没有.txt"), expect=1) == []


def test_the_data_are_checked() -> None:
    done = subprocess.run([sys.executable, "-m", "bot", "data"], cwd=ROOT, capture_output=True, check=True, timeout=120)
    assert "5 个城市；引文、条款、覆盖全部核对通过" in done.stdout.decode()
