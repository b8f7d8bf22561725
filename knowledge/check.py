"""The report on the city data: what is answered, what is silent, which provisions are covered."""

from __future__ import annotations

from collections import Counter

from knowledge.city import Stance
from knowledge.library import Library


def report(library: Library) -> str:
    """Return a line for each city; a library with a wrong quote or provision could not have been opened."""
    lines = [f"{len(library.topics)} 个问题，{len(library.cities)} 个城市；引文、条款、覆盖全部核对通过。"]
    for city in library.cities.values():
        stances = Counter(ruling.stance for ruling in city.rulings.values())
        lines.append(
            f"{city.name}（{city.slug}）：{len(city.act.articles)} 条，"
            f"写明 {stances[Stance.STATED]}，未写 {stances[Stance.SILENT]}，指向国家规定 {stances[Stance.NATIONAL]}，"
            f"不做成问题 {len(city.not_modelled)} 处，错字 {len(city.errata)}，解析提示 {len(city.act.warnings)}"
        )
    return "\n".join(lines)
