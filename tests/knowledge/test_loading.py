"""City data with one fault does not open: the error names the file, the key and what to write instead."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge.loading import CityError, open_library, read_concepts, read_topics
from tests.knowledge.reading import CITIES

TOPIC = '[travel]\ntitle = "出行"\nsubject = "出行"\ndated = ["walk"]\nasks = ["怎么走"]\n'


@dataclass(frozen=True)
class Fault:
    """The line of `file` that begins with `line` becomes `instead` (a new last line if `line` is empty)."""

    file: str
    line: str
    instead: str
    key: str
    remedy: str
    city: str = "kaifeng"


CITY_FAULTS = {
    "empty name": Fault("city.toml", "name", 'name = ""', "name", "请照别的城市补上"),
    "unknown key": Fault("city.toml", "number", 'nummer = "1"', "nummer", "可用的键：name、short"),
    "missing key": Fault("city.toml", "title", "", "title", "请照别的城市补上"),
    "number as text": Fault("city.toml", "articles", 'articles = "31"', "articles", "应为整数"),
    "truth as number": Fault("city.toml", "articles", "articles = true", "articles", "应为整数"),
    "text as number": Fault("city.toml", "division_code", "division_code = 4102", "division_code", "写在引号里"),
    "date as text": Fault("city.toml", "issued", 'issued = "2017-12-30"', "issued", "不加引号"),
    "list as text": Fault("city.toml", "aliases", 'aliases = "开封"', "aliases", "应为列表"),
    "list of numbers": Fault("city.toml", "aliases", "aliases = [1]", "aliases", "只有一个也要方括号"),
    "unknown status": Fault("city.toml", "status", 'status = "valid"', "status", "in_force、draft、repealed"),
    "draft without a caveat": Fault("city.toml", "caveat", "", "caveat", "请写明这是草案", "ankang"),
    "an act become a draft": Fault("city.toml", "status", 'status = "draft"', "caveat", "请写明这是草案"),
    "unknown division": Fault("city.toml", "division_code", 'division_code = "9999"', "division_code", "如 4103"),
    "wrong count": Fault("city.toml", "articles", "articles = 30", "articles", "请核对条数和原文"),
    "wrong hash": Fault("city.toml", "sha256", f'sha256 = "{"0" * 64}"', "sha256", "请改成 9265dcac"),
    "changed source": Fault("source.txt", "", "第三十二条 多出来的一条。", "sha256", "重新核对全部引文"),
}

TOPIC_FAULTS = {
    "unknown topic": Fault("topics.toml", "", "flying = { silent = [] }", "flying", "请先写进 knowledge/topics"),
    "missing topic": Fault("topics.toml", "issue_time", "", "issue_time", "或写 silent = []"),
    "told twice": Fault("topics.toml", "", "issue_time = { silent = [] }", "-", "同一个键不能写两次"),
    "no form": Fault("topics.toml", "issue_time", "issue_time = 15", "issue_time", "三种之一"),
    "two forms": Fault(
        "topics.toml", "issue_time", 'issue_time = { says = "快。", cites = ["12"], silent = [] }', "issue_time", "之一"
    ),
    "no evidence": Fault("topics.toml", "issue_time", 'issue_time = { says = "快。" }', "issue_time", "says+cites"),
    "empty evidence": Fault(
        "topics.toml", "issue_time", 'issue_time = { says = "快。", cites = [] }', "issue_time.cites", "改成 silent"
    ),
    "evidence without brackets": Fault(
        "topics.toml", "issue_time", 'issue_time = { silent = "12" }', "issue_time.silent", "只有一个也要方括号"
    ),
    "nothing said": Fault(
        "topics.toml", "issue_time", 'issue_time = { says = " ", cites = ["12"] }', "issue_time.says", "请写一句白话"
    ),
    "wrong number": Fault(
        "topics.toml", "issue_time", 'issue_time = { says = "30日。", cites = ["12"] }', "issue_time.says", "请改正数字"
    ),
    "number of another article": Fault(
        "topics.toml",
        "issue_time",
        'issue_time = { national = "15日。", cites = ["1"] }',
        "issue_time.national",
        "数字",
    ),
    "uncovered provision": Fault("topics.toml", "issue_time", 'issue_time = { silent = ["12"] }', "12", "为什么不做"),
}

PLACES = {
    "99": "没有99",
    "12p9": "没有12p9",
    "9p1(8)": "没有9p1(8)",
    "第十二条": "请写成 12、9p2",
    "": "请写成 12、9p2",
}

OTHER_FAULTS = {
    "covered and declared": Fault("coverage.toml", "", '"12" = "内部分工"', "12", "请从 coverage.toml 删去"),
    "declared, but not there": Fault("coverage.toml", "", '"99" = "内部分工"', "99", "请对照原文"),
    "declared without a reason": Fault("coverage.toml", "", '"12" = ""', "12", "请写明为什么"),
    "erratum not in the text": Fault(
        "errata.toml", "quote", 'quote = "没有这句"', "erratum 1", "请照原文抄", "luoyang"
    ),
    "erratum elsewhere": Fault("errata.toml", "article", 'article = "15"', "erratum 1", "请照原文抄", "luoyang"),
    "erratum of no article": Fault("errata.toml", "article", 'article = "99"', "erratum 1", "请照原文抄", "luoyang"),
    "article as number": Fault("errata.toml", "article", "article = 14", "erratum 1", "都加引号", "luoyang"),
    "erratum as number": Fault("errata.toml", "", "erratum = 5", "erratum", "写一节 [[erratum]]"),
    "misspelled erratum": Fault("errata.toml", "", "[[errata]]", "erratum", "写一节 [[erratum]]", "luoyang"),
    "first line too long": Fault(
        "topics.toml",
        "issue_time",
        f'issue_time = {{ says = "{"快" * 41}", cites = ["12"] }}',
        "issue_time.says",
        "短些",
    ),
    "official words": Fault(
        "topics.toml", "issue_time", 'issue_time = { says = "应当快。", cites = ["12"] }', "issue_time.says", "平常说话"
    ),
    "other unit": Fault(
        "topics.toml", "issue_time", 'issue_time = { says = "15个工作日。", cites = ["12"] }', "issue_time.says", "数字"
    ),
    "erratum without a note": Fault("errata.toml", "note", "", "erratum 1", "note 三项", "luoyang"),
}
ELIGIBILITY_FAULTS = {
    "unknown condition": Fault("eligibility.toml", "", "[luck]", "luck", "照别的城市写"),
    "no rule of moves": Fault(
        "eligibility.toml", "rule", 'rule = "never"', "inside_city.rule", "barred、county、office"
    ),
    "months as text": Fault("eligibility.toml", "months", 'months = "6"', "clock.months", "如 6"),
    "no start": Fault("eligibility.toml", "starts", 'starts = ["birth"]', "clock.starts", "registration、residence"),
    "kind left out": Fault("eligibility.toml", "not_met", "not_met = []", "basis.employment", "not_met 或 office"),
    "kind that does not exist": Fault("eligibility.toml", "met", 'met = ["luck"]', "basis.employment.met", "写一次"),
    "condition without a provision": Fault("eligibility.toml", "cites", "cites = []", "conditions.cites", "请写条款"),
    "condition elsewhere": Fault("eligibility.toml", "cites", 'cites = ["99"]', "conditions.cites", "对照原文"),
}
FAULTS = ELIGIBILITY_FAULTS | CITY_FAULTS | TOPIC_FAULTS | OTHER_FAULTS


def copied(city: str, folder: Path) -> Path:
    """Copy one city to a folder of its own and return where its files are."""
    return shutil.copytree(CITIES / city, folder / city)


def changed(text: str, line: str, instead: str) -> str:
    """Return `text` with its first line that begins with `line` replaced."""
    if not line:
        return f"{text}\n{instead}\n"
    spoiled, count = re.subn(rf"^{re.escape(line)}\b.*$", lambda _: instead, text, count=1, flags=re.MULTILINE)
    assert count == 1, f"没有以“{line}”开头的行"
    return spoiled


def spoil(folder: Path, fault: Fault) -> None:
    file = copied(fault.city, folder) / fault.file
    file.write_text(changed(file.read_text(encoding="utf-8"), fault.line, fault.instead), encoding="utf-8")


def error_of(folder: Path) -> str:
    with pytest.raises(CityError) as caught:
        open_library(folder)
    return str(caught.value)


@pytest.mark.parametrize("city", ["ankang", "bazhong", "chifeng", "kaifeng", "luoyang"])
def test_a_city_copied_elsewhere_opens_as_it_is(tmp_path: Path, city: str) -> None:
    copied(city, tmp_path)
    assert list(open_library(tmp_path).cities) == [city]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_file_key_and_remedy(tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    spoil(tmp_path, fault)
    told = error_of(tmp_path)
    file = {"source.txt": "city.toml"}.get(fault.file, "coverage.toml" if fault.key == "12" else fault.file)
    assert told.startswith(f"{fault.city}/{file} [{fault.key}] ")
    assert fault.remedy in told.partition("；")[2]


@pytest.mark.parametrize("notation", PLACES)
def test_a_citation_of_a_place_the_text_does_not_have_is_told(tmp_path: Path, notation: str) -> None:
    line = f'issue_time = {{ says = "快。", cites = ["{notation}"] }}'
    spoil(tmp_path, Fault("topics.toml", "issue_time", line, "", ""))
    told = error_of(tmp_path)
    assert told.startswith(f"kaifeng/topics.toml [issue_time.cites] {notation}：")
    assert PLACES[notation] in told
    assert told.endswith("请对照原文改正条、款、项")


@pytest.mark.parametrize(
    "name", ["city.toml", "source.txt", "topics.toml", "errata.toml", "coverage.toml", "eligibility.toml"]
)
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    (copied("kaifeng", tmp_path) / name).unlink()
    assert re.match(rf"kaifeng/{name} \[-\] 没有这个文件；请.+", error_of(tmp_path))


def test_a_folder_without_any_city_is_told(tmp_path: Path) -> None:
    assert error_of(tmp_path).endswith("一个城市也没有；请放入至少一个城市文件夹")


@pytest.mark.parametrize("name", ["city.toml", "topics.toml", "errata.toml", "coverage.toml"])
def test_a_file_that_is_not_toml_is_told_with_the_line(tmp_path: Path, name: str) -> None:
    file = copied("kaifeng", tmp_path) / name
    file.write_text("一 二 三\n", encoding="utf-8")
    assert re.match(rf"kaifeng/{name} \[-\] TOML 写法不对（.*line 1.*）；请改正这一行", error_of(tmp_path))


@pytest.mark.parametrize("name", ["city.toml", "topics.toml", "errata.toml", "coverage.toml"])
def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path, name: str) -> None:
    file = copied("kaifeng", tmp_path) / name
    file.write_bytes("# 开封\n".encode("gb18030") + file.read_bytes())
    assert error_of(tmp_path).startswith(f"kaifeng/{name} [-] 不是 UTF-8 文本；请另存为 UTF-8")


def test_one_faulty_city_among_good_ones_is_found(tmp_path: Path) -> None:
    copied("bazhong", tmp_path)
    spoil(tmp_path, TOPIC_FAULTS["wrong number"])
    copied("luoyang", tmp_path)
    assert error_of(tmp_path).startswith("kaifeng/topics.toml [issue_time.says] 引用的条款里看不到“30")


def test_a_provision_declared_as_not_modelled_needs_no_topic(tmp_path: Path) -> None:
    spoil(tmp_path, TOPIC_FAULTS["uncovered provision"])
    with (tmp_path / "kaifeng" / "coverage.toml").open("a", encoding="utf-8") as coverage:
        coverage.write('\n"12" = "机关内部分工"\n')
    not_modelled = open_library(tmp_path).cities["kaifeng"].not_modelled
    assert not_modelled == {next(iter(not_modelled)): "机关内部分工"}
    assert [str(address) for address in not_modelled] == ["12"]


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        (f'{TOPIC}colour = "red"\n', "travel.colour", "可用的键：asks"),
        (TOPIC.replace('subject = "出行"\n', ""), "travel.subject", "可用的键：asks"),
        (TOPIC.replace('["walk"]', '["walk fly"]'), "travel.dated", "请先写进 concepts.toml"),
        (f'{TOPIC}dated_never = ["swim"]\n', "travel.dated", "请先写进 concepts.toml"),
        ("travel = 5\n", "travel", "写成 [travel] 一节"),
        (TOPIC.replace('subject = "出行"', "subject = 5"), "travel.subject", "引号"),
        (f'{TOPIC}overrides = "no"\n', "travel.overrides", "请写 true"),
        (TOPIC.replace('["walk"]', '"walk"'), "travel.dated", "只有一个也要方括号"),
        (TOPIC.replace('["怎么走"]', '"怎么走"'), "travel.asks", "只有一个也要方括号"),
    ],
)
def test_a_faulty_topic_is_told(tmp_path: Path, text: str, key: str, remedy: str) -> None:
    (tmp_path / "travel.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CityError) as caught:
        read_topics(tmp_path, {"walk": "走"})
    assert f"/travel.toml [{key}] " in str(caught.value)
    assert remedy in caught.value.remedy


def test_a_topic_in_two_files_is_told(tmp_path: Path) -> None:
    for name in ("roads.toml", "travel.toml"):
        (tmp_path / name).write_text(TOPIC, encoding="utf-8")
    with pytest.raises(CityError, match=r"/travel\.toml \[travel\] 这个问题在别的文件里已有；请改名或删去一处"):
        read_topics(tmp_path, {"walk": "走"})


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ('"走"', "方括号"),
        ('["("]', "正则表达式"),
        ("[5]", "方括号"),
        ("[]", "至少写一个词"),
        ('[""]', "至少一个字"),
        ('["走", "跑?"]', "至少一个字"),
        ('["走", "(?:跑|)"]', "至少一个字"),
    ],
)
def test_a_faulty_concept_is_told(tmp_path: Path, words: str, remedy: str) -> None:
    file = tmp_path / "concepts.toml"
    file.write_text(f"walk = {words}\n", encoding="utf-8")
    with pytest.raises(CityError) as caught:
        read_concepts(file)
    assert "/concepts.toml [walk] " in str(caught.value)
    assert remedy in caught.value.remedy
