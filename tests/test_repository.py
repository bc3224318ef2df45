"""What is in the repository: our own text, small files, and nothing of anyone's machine."""

import os
import re
from pathlib import Path

import pytest

from tests.server import ROOT

LONGEST = 420  # lines
LONGEST_TABLE = 600  # a table is looked up in, not read
PICTURES = {".png", ".ico", ".woff2"}
HOME = re.compile(r"/(?:root|home/\w+|Users/\w+|work)/[\w.-]+")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}|\bAKIA[A-Z0-9]{16}\b")
PACKAGE_SOURCE = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host")


def ours() -> list[str]:
    """Every file that .gitignore does not leave out; without git, which a copy of the tree has not."""
    ignored = {".git", *(line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines())}
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored]
        found += [
            str(Path(folder, name).relative_to(ROOT))
            for name in files
            if name not in ignored and not name.endswith(".pyc")
        ]
    return sorted(found)


def texts() -> dict[str, str]:
    return {name: (ROOT / name).read_text() for name in ours() if (ROOT / name).suffix not in PICTURES}


def test_no_file_is_too_long_to_be_read():
    lines = {name: text.count("\n") for name, text in texts().items()}
    assert {
        name for name, count in lines.items() if count > (LONGEST_TABLE if name.endswith(".csv") else LONGEST)
    } == set()


def test_no_file_is_third_party_or_minified():
    assert [name for name in ours() if re.search(r"\.min\.|\.map$|node_modules|vendor/|third.?party", name)] == []
    dense = {name for name, text in texts().items() if max(map(len, text.splitlines()), default=0) > 1000}
    assert dense == set()


def test_no_merge_is_left_half_done():
    marks = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
    assert [name for name, text in texts().items() if marks.search(text)] == []


@pytest.mark.parametrize("pattern", [HOME, SECRET, PACKAGE_SOURCE], ids=["home", "secret", "package source"])
def test_nothing_of_a_machine_or_a_person_is_in_it(pattern):
    this = "tests/test_repository.py"
    assert {name: found[0] for name, text in texts().items() if name != this and (found := pattern.search(text))} == {}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_bounded_and_says_what_it_is_for(name):
    lines = (ROOT / name).read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert wanted
    assert [line for line in wanted if "#" not in line or not re.search(r">=.*<", line)] == []


def test_every_requirement_is_used():
    """A package that nothing names is one that nobody would miss."""
    named = {re.split(r"[\[<>=;! ]", line)[0] for line in (ROOT / "requirements.txt").read_text().splitlines()}
    code = "\n".join(text for name, text in texts().items() if name.endswith((".py", ".toml")))
    imported_as = {
        "djangorestframework": "rest_framework",
        "djangorestframework-simplejwt": "rest_framework_simplejwt",
        "django-csp": "csp",
    }
    names = {name: imported_as.get(name, name.lower().replace("-", "_")) for name in named if name and name != "#"}
    assert {name for name, module in names.items() if not re.search(rf"\b{module}\b", code)} == set()
