"""Asks the vendored axe-core what a page does wrong for people with disabilities."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}});
  const line = (v, n) => `${v.id} (${v.impact}): ${n.target.join(" ")} - ${n.failureSummary.replace(/\\s+/g, " ")}`;
  return found.violations.flatMap(v => v.nodes.map(n => line(v, n)));
}"""


@cache
def _source() -> str:
    return _AXE.read_text()


def axe_violations(page: Page) -> list[str]:
    """One line for each element that breaks WCAG 2.2 AA or a best practice; an empty list for a good page.

    The script comes in through the developer tools' own evaluation, which the content security policy does not stop.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_source())
    violations: list[str] = page.evaluate(_RUN, _TAGS)
    return violations
