"""What holds of the files that pages load, collected as in a real copy."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
STATIC_TAG = re.compile(r"""\{% static ["']([^"']+)["']""")


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    """Collect the static files with the shipped storage; return their folder."""
    data_dir = tmp_path_factory.mktemp("data")
    environment = os.environ | {
        "DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "collectstatic", "--no-input"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=120)
    return data_dir / "static"


@pytest.fixture(scope="module")
def manifest(collected: Path) -> dict[str, str]:
    return json.loads((collected / "staticfiles.json").read_text())["paths"]


def test_each_file_that_a_template_names_is_served_under_a_name_that_changes_with_it(manifest):
    named = {
        path
        for template in (ROOT / "templates").rglob("*.html")
        for path in STATIC_TAG.findall(template.read_text())
    }

    assert named
    assert {path for path in named if manifest.get(path, path) == path} == set()


def test_stylesheets_and_scripts_are_compressed_beforehand(collected, manifest):
    large = [
        name
        for name in manifest.values()
        if name.endswith((".css", ".js")) and (collected / name).stat().st_size > 1000
    ]

    assert large
    assert all((collected / f"{name}.br").exists() for name in large)
    assert all((collected / f"{name}.gz").exists() for name in large)


def test_no_page_loads_anything_from_another_server():
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "crm/static/crm").rglob("*.css")]
    loads = re.compile(r"""(?:src|href)=["'](?:https?:)?//|url\(["']?(?:https?:)?//""")
    pages = [path for path in sources if "emails" not in path.parts]

    assert [str(path) for path in pages if loads.search(path.read_text())] == []
