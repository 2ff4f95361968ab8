"""What holds of the files of others that we serve."""

import hashlib
import json
from pathlib import Path

import crm

VENDOR = Path(crm.__file__).parent / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())


def test_each_vendored_file_is_the_one_that_the_manifest_names():
    sums = {
        entry["file"]: hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest()
        for entry in MANIFEST
    }

    assert sums == {entry["file"]: entry["sha256"] for entry in MANIFEST}


def test_no_file_is_served_that_the_manifest_does_not_name():
    kept = {str(path.relative_to(VENDOR)) for path in VENDOR.glob("*/*")}

    assert kept == {entry["file"] for entry in MANIFEST}


def test_a_folder_carries_the_version_that_it_holds():
    assert all(entry["file"].split("/")[0].endswith(entry["version"]) for entry in MANIFEST)


def test_each_file_has_its_licence_on_record():
    assert all(entry["licence"] in {"MIT", "OFL-1.1"} for entry in MANIFEST)
