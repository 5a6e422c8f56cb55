"""Fixtures for the tests in a real browser: Chromium from `WENCE_CHROMIUM` or the PATH.

A test module asks for them with `pytest_plugins = ["tests.browser"]`. Without a Chromium they skip,
or fail where `CI=true` says that one must be there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)
MISSING = (
    "no Chromium found: install Debian's package (apt-get install chromium fonts-noto-cjk) "
    "or name the program in WENCE_CHROMIUM"
)

# A busy machine may be slow; what is right must still pass.
expect.set_options(timeout=15_000)


def find_chromium() -> str | None:
    """Return the path of the browser to test in, or None."""
    named = os.environ.get("WENCE_CHROMIUM")
    return next((path for name in ([named] if named else NAMES) if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module; kept no longer, since it keeps an event loop running."""
    path = find_chromium()
    if path is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile at 1440 by 900, light, in Chinese."""
    made = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", color_scheme="light")
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must end without an uncaught error and without a breach of its security policy."""
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on(
        "console",
        lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield made
    assert faults == []
