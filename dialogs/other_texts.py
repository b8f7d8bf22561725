"""Whether a citation names a text that is not here: the national rules, a province's, another regulation."""

from __future__ import annotations

import re

from knowledge.divisions import province_names
from knowledge.text import squeeze

_TITLE = re.compile(r"《([^》]{2,40})》|([\u4e00-\u9fff]*?(?:条例|实施细则|细则|处罚法|管理法|身份证法|办法|规定))")
_ASKING = re.compile(r"^(?:请问|麻烦|帮我?|我?想?查一?下?|看一?下?|找一?下?|关于|根据|依据|按照?|的|和|与|市)+")
_GENERIC = re.compile("居住证|服务|管理|实施|暂行|办法|规定|条例|细则|[市的新本该]")
_OTHER_SUBJECTS = re.compile("暂住|户籍|户口|身份证|租赁|治安|出入境|社会保险|公积金")
_NATIONAL = re.compile("国务院|居住证暂行条例|国家.{0,4}(?:条例|规定)")
_OWN_KINDS = ("办法", "规定")
"""How our texts are called; 规定 is what people say of any of them."""


def other_text(query: str, titles: tuple[str, ...], without_cities: str, *, names_city: bool) -> str | None:
    """Return the name of a text that a citing query means and that is not among `titles`; None when it is one of ours.

    `without_cities` is the query without the names of our cities, `names_city` tells whether it had one.
    """
    national = _NATIONAL.search(squeeze(query))
    if national:
        return "国家《居住证暂行条例》"
    province = next((name for name in province_names() if name in query), None)
    if province is not None and not names_city:
        return f"{province}规定"
    for match in _TITLE.finditer(without_cities):
        name = _ASKING.sub("", squeeze(match[1] or match[2]))
        if _is_other(name, titles, names_city=names_city):
            return f"《{name}》"
    return None


def _is_other(name: str, titles: tuple[str, ...], *, names_city: bool) -> bool:
    if any(_stands_in(name, squeeze(title)) for title in titles):
        return False
    if name.endswith(_OWN_KINDS):
        return bool(_OTHER_SUBJECTS.search(name))
    return bool(_GENERIC.sub("", name)) or not names_city


def _stands_in(name: str, title: str) -> bool:
    """Tell whether the characters of a name stand in a title in their order: 安康办法 in 安康市…实施办法."""
    rest = iter(title)
    return all(character in rest for character in name)
