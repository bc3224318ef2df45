"""The client's unit tests (tests/js/*.test.js), in a real browser; each is a test of its own here."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.browser import Browser
from tests.e2e.repo_server import ROOT, repo_server

pytestmark = pytest.mark.browser

FILES = sorted((ROOT / "tests" / "js").glob("*.test.js"))
Outcome = dict[str, str | None]
RUN = """async (file) => {
  await import(`/tests/js/${file}`);
  return (await import("/tests/js/harness.js")).run();
}"""


def names_in(text: str) -> list[str]:
    """Names are read from the text, before there is a browser: `test("...")` at the start of a line."""
    return re.findall(r'^test\("([^"]+)"', text, re.MULTILINE)


CASES = [
    pytest.param(path.name, name, id=f"{path.name.removesuffix('.test.js')}: {name}")
    for path in FILES
    for name in names_in(path.read_text())
]


@pytest.fixture(scope="module")
def outcomes(browser: Browser) -> Iterator[Callable[[str], Outcome]]:
    """What each test of a file came to; a file runs once, in a page of its own."""
    known: dict[str, Outcome] = {}
    with repo_server() as url:

        def outcomes_of(file: str) -> Outcome:
            if file not in known:
                context = browser.context()
                page = context.new_page()
                page.goto(url)
                known[file] = page.evaluate(RUN, file)
                context.close()
            return known[file]

        yield outcomes_of


@pytest.mark.parametrize(("file", "name"), CASES)
def test_js(file: str, name: str, outcomes: Callable[[str], Outcome]) -> None:
    failure = outcomes(file)[name]
    if failure is not None:
        pytest.fail(failure, pytrace=False)


@pytest.mark.parametrize("file", [path.name for path in FILES])
def test_no_test_of_the_file_escapes_this_list(file: str, outcomes: Callable[[str], Outcome]) -> None:
    assert list(outcomes(file)) == names_in((ROOT / "tests" / "js" / file).read_text())
