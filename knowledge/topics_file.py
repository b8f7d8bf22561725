"""The topic files → topics. Every fault of them is a `CityError` with file, key and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from knowledge.datafile import CityError, expect_table, expect_text, expect_texts, read_toml
from knowledge.text import not_plain
from knowledge.topic import Topic, read_gate

CONCEPTS_FILE = "concepts.toml"
_TOPIC_KEYS = {"title", "subject", "dated", "dated_never", "asks", "overrides"}


def read_topics(folder: Path, concepts: Mapping[str, object]) -> dict[str, Topic]:
    """Read every topic file of `folder`; a topic may use only concepts that exist."""
    topics: dict[str, Topic] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name == CONCEPTS_FILE:
            continue
        for slug, entry in read_toml(file).items():
            if slug in topics:
                raise CityError(file, slug, "这个问题在别的文件里已有", "请改名或删去一处")
            topics[slug] = _topic(file, slug, expect_table(file, slug, entry), concepts)
    return topics


def _topic(file: Path, slug: str, entry: Mapping[str, Any], concepts: Mapping[str, object]) -> Topic:
    _check_topic_keys(file, slug, entry)
    subject = expect_text(file, f"{slug}.subject", entry["subject"])
    _check_subject(file, slug, subject)
    dated, dated_never = (
        tuple(read_gate(alternative) for alternative in expect_texts(file, f"{slug}.{key}", entry.get(key, [])))
        for key in ("dated", "dated_never")
    )
    for concept in {name for gate in (*dated, *dated_never) for group in gate for name in group}:
        if concept not in concepts:
            raise CityError(file, f"{slug}.dated", f"没有“{concept}”这个概念", f"请先写进 {CONCEPTS_FILE}")
    return Topic(
        slug=slug,
        group=file.stem,
        title=expect_text(file, f"{slug}.title", entry["title"]),
        subject=subject,
        dated=dated,
        dated_excludes=dated_never,
        examples=tuple(expect_texts(file, f"{slug}.asks", entry["asks"])),
        overrides=_overrides(file, slug, entry.get("overrides", False)),
    )


def _overrides(file: Path, slug: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise CityError(file, f"{slug}.overrides", "不是 true 或 false", "请写 true，或删去这一行")
    return value


def _check_subject(file: Path, slug: str, subject: str) -> None:
    """Check what stands after 没有写： in the first line of a silent city, which names the city before it."""
    problem = not_plain(f"云州的草案没有写：{subject}。")
    if problem:
        raise CityError(file, f"{slug}.subject", f"“没有写：{subject}”不够白：{problem}", "请写短些，用平常说话的词")


def _check_topic_keys(file: Path, slug: str, table: Mapping[str, Any]) -> None:
    unknown = sorted(set(table) - _TOPIC_KEYS)
    missing = sorted({"title", "subject", "asks"} - set(table))
    if unknown or missing:
        problem = "没有这个键" if unknown else "缺这个键"
        key = f"{slug}.{(unknown or missing)[0]}"
        raise CityError(file, key, problem, f"可用的键：{'、'.join(sorted(_TOPIC_KEYS))}")
