"""A real headless Chromium for tests of pages."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def chromium() -> str:
    """Where the machine's Chromium or Chrome is; skips the test loudly where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("NOT RUN: no Chromium on this machine (Debian's package `chromium`)")


@asynccontextmanager
async def open_page(width: int = 375, height: int = 720) -> AsyncIterator[Page]:
    """A fresh page of that size; a request to anywhere but this machine fails the test."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = await browser.new_page(viewport={"width": width, "height": height})
        foreign: list[str] = []
        page.on("request", lambda request: foreign.append(request.url) if "//127.0.0.1" not in request.url else None)
        try:
            yield page
        finally:
            await browser.close()
        assert not foreign
