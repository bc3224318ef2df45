"""Our modules under production's hashed names: each is rewritten, and `collectstatic` comes to an end."""

import re
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from healthhub.static_storage import ModuleManifestStorage

STATIC = Path(__file__).resolve().parents[2] / "static"


@pytest.fixture
def collected(tmp_path):
    """Each module's text after collecting, by the name it has in the repository."""
    names = [str(path.relative_to(STATIC)) for path in (STATIC / "js").rglob("*.js")]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((STATIC / name).read_text())
    storage = ModuleManifestStorage(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(location=STATIC)
    for name, _, outcome in storage.post_process({name: (source, name) for name in names}):
        assert not isinstance(outcome, Exception), f"{name}: {outcome}"
    return {name: (tmp_path / storage.stored_name(name)).read_text() for name in names}


def test_every_import_of_ours_points_at_a_hashed_name(collected):
    assert "js/notifications/index.js" in collected
    imports = [
        (name, target)
        for name, text in collected.items()
        for target in re.findall(r'^(?:import|export) .*from "(\..*)";$', text, re.MULTILINE)
    ]
    assert len(imports) > 20
    assert [pair for pair in imports if not re.search(r"\.[0-9a-f]{12}\.js$", pair[1])] == []
