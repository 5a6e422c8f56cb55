"""Take the screenshots in docs/screenshots: python docs/make_screenshots.py.

Starts the service on a free port over the published index, asks it real questions in Chromium, and
writes each picture for a desk (1440 px) and a phone (390 px), in light and in dark.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
QUESTION = "黄石市给小微企业做融资担保，费率最高多少？"
TASKS = "鄂州2022年6月底前要完成哪些任务？"
UNANSWERED = "武汉市的人才购房补贴是多少？"

WIDTHS = {1440: 900, 390: 844}
"""Heights of the windows, by their widths; a phone has two device pixels to a pixel."""
SCHEMES = ("light", "dark")
MOST_BYTES = 250_000
COLOURS = 255

Shot = Callable[[Page, str], None]


def home(page: Page, site: str) -> None:
    """The front page as it opens."""
    page.goto(site)
    page.get_by_role("button", name="问策").wait_for()


def answer(page: Page, site: str) -> None:
    """The chat's answer, with the cited clause beside it or, on a phone, over it."""
    home(page, site)
    page.evaluate("question => [...WenCe.widgets][0].ask(question)", QUESTION)
    page.locator("wence-chat .mark").first.click()
    page.locator("wence-chat mark").wait_for()


def table(page: Page, site: str) -> None:
    """An answer of many rows on the page, as a table or, on a phone, row by row."""
    page.goto(f"{site}/?q={quote(TASKS)}")
    page.locator(".answer table").wait_for()


def reader(page: Page, site: str) -> None:
    """A document, opened from a citation at the words it quotes."""
    page.goto(f"{site}/?q={quote(QUESTION)}")
    page.goto(site + (page.get_by_role("link", name="看原文").first.get_attribute("href") or ""))
    page.locator(".cite").wait_for()
    page.wait_for_function("document.querySelector('mark').getBoundingClientRect().top > 0")


def refusal(page: Page, site: str) -> None:
    """A question that the documents don't answer, with clauses that are near."""
    page.goto(f"{site}/?q={quote(UNANSWERED)}")
    page.locator(".refused").wait_for()


SHOTS: dict[str, Shot] = {
    "home": home,
    "answer": answer,
    "table": table,
    "reader": reader,
    "refusal": refusal,
}


@contextmanager
def service(index: Path) -> Iterator[str]:
    """Run the service over an index; give its address, and stop it in the end."""
    command = [sys.executable, "-m", "service", "--index", str(index), "--host", "127.0.0.1", "--port", "0"]
    environment = {**os.environ, "WENCE_RATE_LIMIT": "0", "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(
        command,
        cwd=HERE.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        said = ""
        for line in running.stdout or ():
            said += line
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found[0]
                return
        raise SystemExit(f"the service ended before it told its address; it said: {said!r}")
    finally:
        running.terminate()
        running.wait(20)


def take(browser: Browser, site: str, folder: Path) -> Iterator[Path]:
    """Take every picture; yields the files as they are written."""
    for width, height in WIDTHS.items():
        phone = width < 500
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=2 if phone else 1,
                is_mobile=phone,
                has_touch=phone,
                locale="zh-CN",
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            for name, shot in SHOTS.items():
                page = context.new_page()
                shot(page, site)
                page.evaluate("document.fonts.ready")
                path = folder / f"{name}-{width}-{scheme}.png"
                path.write_bytes(small(page.screenshot()))
                page.close()
                yield path
            context.close()


def small(picture: bytes) -> bytes:
    """Return a PNG with a palette: pages of text and flat colour lose nothing that one sees."""
    made = io.BytesIO()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


def main() -> None:
    """Take the screenshots and print each one's size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--index", type=Path, default=HERE.parent / "var" / "index", help="a published index")
    parser.add_argument("--out", type=Path, default=HERE / "screenshots", help="where to write")
    parser.add_argument(
        "--chromium", default=os.environ.get("WENCE_CHROMIUM") or shutil.which("chromium"), help="the browser"
    )
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with service(given.index.resolve()) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=given.chromium,
            args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb"],
        )
        for path in take(browser, site, given.out):
            size = path.stat().st_size
            print(f"{path}: {size / 1000:.0f} kB", "(too large)" if size > MOST_BYTES else "", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
