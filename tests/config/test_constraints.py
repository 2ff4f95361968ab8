"""What holds of the list of packages: whole, fresh, and free of addresses."""

import tomllib
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
LINES = (ROOT / "constraints.txt").read_text().splitlines()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = chain.from_iterable(PROJECT["optional-dependencies"].values())
WANTED = [Requirement(line) for line in (*PROJECT["dependencies"], *EXTRAS)]


def applies(requirement: Requirement, extra: str = "") -> bool:
    """Say whether a requirement counts on this machine."""
    environment = {**default_environment(), "extra": extra}
    return requirement.marker is None or requirement.marker.evaluate(environment)


PINS = {
    canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
    for pin in map(Requirement, LINES)
    if applies(pin)
}


def reached() -> set[str]:
    """Return the names of all packages that pyproject.toml leads to on this machine."""
    names: set[tuple[str, str]] = set()
    queue = [requirement for requirement in WANTED if applies(requirement)]
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        for extra in requirement.extras | {""}:
            if (name, extra) in names:
                continue
            names.add((name, extra))
            needs = map(Requirement, metadata.requires(name) or [])
            queue += [need for need in needs if applies(need, extra)]
    return {name for name, _ in names}


def test_each_line_is_one_version_without_an_address():
    assert [line for line in LINES if "://" in line or "@" in line or line.startswith("-")] == []
    assert all(str(Requirement(line).specifier).startswith("==") for line in LINES)


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_what_pyproject_asks_for_is_pinned_to_a_version_that_fits(wanted):
    pins = [pin for pin in map(Requirement, LINES) if pin.name == canonicalize_name(wanted.name)]

    assert pins
    assert all(wanted.specifier.contains(str(pin.specifier)[2:]) for pin in pins)


def test_every_package_that_comes_along_is_pinned_and_no_other():
    assert reached() == set(PINS)


def test_what_is_installed_is_what_is_pinned():
    assert {name: metadata.version(name) for name in PINS} == PINS
