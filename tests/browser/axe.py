"""The accessibility of a page as the npm package axe-core judges it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from tests.npm_package import installed

PACKAGE = Path(__file__).parent / "axe_core"
_FAULTS = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)}`));
}"""


def serious_faults(page: Page) -> list[str]:
    """Return the serious and critical faults of the page as it stands: rule, what is wrong, and where.

    What is run comes over the debugger's line and not as a script of the page: its content policy stays in force.
    """
    page.evaluate(_source())
    faults: list[str] = page.evaluate(_FAULTS)
    return faults


@cache
def _source() -> str:
    home = installed("axe-core", PACKAGE, "检查网页")
    return (home / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
