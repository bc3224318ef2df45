"""The README's pictures, taken from the running demo: `make demo` in one terminal, `make screenshots` in another."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from scripts.browser import chromium_path

ADDRESS = f"http://localhost:{os.environ.get('PORT', '8851')}"
PICTURES = [
    ("doctor", "dr.smith@example.com", "doctor123", 1280, 800),
    ("patient", "carol@example.com", "patient123", 390, 800),
]


def main() -> None:
    folder = Path(__file__).resolve().parent.parent / "docs" / "img"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        args = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=args)
        for name, email, password, width, height in PICTURES:
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()
            page.goto(f"{ADDRESS}/account/sign-in/")
            page.get_by_label("E-mail").fill(email)
            page.get_by_label("Password").fill(password)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_selector("[data-connection][data-state=live]")
            page.screenshot(path=folder / f"{name}.png")
            print(f"docs/img/{name}.png")


if __name__ == "__main__":
    main()
