"""Headless Chromium, as the tests that open pages use it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

# WebGL without a graphics card
WEBGL = ("use-angle=swiftshader", "enable-unsafe-swiftshader", "ignore-gpu-blocklist")


@contextmanager
def chromium(*flags: str) -> Iterator[Any]:
    """A browser without network that keeps its log; the test is skipped where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    usual = "headless no-sandbox disable-quic no-first-run disable-background-networking"
    for flag in f"{usual} disable-component-update disable-sync window-size=1400,900".split() + list(flags):
        options.add_argument(f"--{flag}")
    with tempfile.TemporaryDirectory() as folder:
        options.add_argument(f"--user-data-dir={folder}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        made = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        try:
            yield made
        finally:
            made.quit()
