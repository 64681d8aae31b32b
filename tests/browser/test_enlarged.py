"""Every view at 200 %, in forced colours and with reduced motion, by keyboard (WCAG 1.4.10, 2.3.3, 2.4.7, 2.4.11)."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.views import VIEWS
from tests.browser.visiting import Visitor

STEPS = 40  # of the Tab key

# What has the focus: whether it is on the screen with nothing fixed above it, and whether it is outlined.
FOCUS = """
() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const {top, bottom, left, right, width, height} = one.getBoundingClientRect();
  const box = {
    top: Math.max(top, 0), bottom: Math.min(bottom, innerHeight),
    left: Math.max(left, 0), right: Math.min(right, innerWidth),
  };
  const points = [.2, .5, .8].flatMap((x) => [.2, .5, .8].map((y) => [
    box.left + x * (box.right - box.left), box.top + y * (box.bottom - box.top),
  ]));
  const seen = points.some(([x, y]) => {
    const over = document.elementFromPoint(x, y);
    return over && (one.contains(over) || over.contains(one));
  });
  return {
    words: one.innerText ?? one.textContent ?? one.name,
    seen: width > 0 && height > 0 && box.bottom > box.top && box.right > box.left && seen,
    outlined: getComputedStyle(one).outlineStyle !== "none" || one.id === "content",
  };
}
"""


@pytest.fixture
def enlarged(browser: Browser, sqlite_client: httpx.Client) -> Iterator[Visitor]:
    """A screen of 1280 × 800 at 200 %: half as wide and high, two device pixels for one."""
    context = browser.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    visitor = Visitor(context.new_page(), str(sqlite_client.base_url))
    yield visitor
    context.close()
    visitor.judge()


def walk(visitor: Visitor) -> None:
    """Everything that the Tab key reaches is outlined and not hidden."""
    reached = 0
    for _ in range(STEPS):
        visitor.press("Tab")
        focus = visitor.page.evaluate(FOCUS)
        if focus is None:
            break
        assert focus["outlined"], focus
        assert focus["seen"], focus
        reached += 1
    assert reached >= min(STEPS, 5)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_at_two_hundred_per_cent_is_used_by_keyboard(name: str, enlarged: Visitor) -> None:
    enlarged.page.goto(enlarged.base + VIEWS[name])
    assert enlarged.overflow <= 0
    walk(enlarged)
    assert enlarged.overflow <= 0


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_in_forced_colours_without_motion_fits_and_keeps_its_focus(name: str, visitor: Visitor) -> None:
    visitor.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    for width in (1440, 820, 390, 320):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        visitor.page.goto(visitor.base + VIEWS[name])
        assert visitor.overflow <= 0, width
        expect(visitor.page.locator("h1")).to_be_visible()
    walk(visitor)
    moving = "document.getAnimations().length + (getComputedStyle(document.documentElement).scrollBehavior !== 'auto')"
    assert visitor.page.evaluate(moving) == 0
