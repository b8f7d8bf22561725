"""The accessibility of a page as the npm package axe-core judges it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

PACKAGE = Path(__file__).parent / "axe_core"
_CACHE = Path(__file__).parents[2] / ".pytest_cache" / "d"
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
    """Return axe-core, installed once into the tests' cache from a lock file that names no registry."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("这项测试用 npm 包 axe-core 检查网页，需要 node 和 npm（Debian：apt install nodejs npm）")
    lock = hashlib.sha256((PACKAGE / "package-lock.json").read_bytes()).hexdigest()[:12]
    home = _CACHE / f"axe_core_{lock}"
    script = home / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PACKAGE / name, home / name)
        done = subprocess.run([npm, "ci", "--ignore-scripts"], check=False, cwd=home, capture_output=True, text=True)
        if done.returncode != 0:
            pytest.fail(f"装不上 npm 包 axe-core（npm ci 失败）：\n{done.stderr[-2000:]}")
    return script.read_text(encoding="utf-8")
