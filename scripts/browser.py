"""Where Chromium is: on the machine, else installed by Debian's packages, else by Playwright. Or a clear no."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "No Chromium to be found: install it (`apt-get install chromium`), or set CHROMIUM to its path."


def chromium_path() -> str | None:
    """The browser's path, or None where there is none yet. CHROMIUM, where set, is taken at its word."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((found for name in NAMES if (found := shutil.which(name)) and _runs(found)), None) or _playwrights_own()


def install() -> None:
    privileged = os.geteuid() == 0
    if privileged and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    if chromium_path() is None:
        with_libraries = ["--with-deps"] if privileged else []
        subprocess.run([sys.executable, "-m", "playwright", "install", *with_libraries, "chromium"], check=False)


def _runs(path: str) -> bool:
    """Ubuntu has a `chromium-browser` that only says where to get one."""
    answer = subprocess.run([path, "--version"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return answer.returncode == 0


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    if chromium_path() is None and "--install" in sys.argv and not os.environ.get("CHROMIUM"):
        install()
    print(chromium_path() or sys.exit(MISSING))
