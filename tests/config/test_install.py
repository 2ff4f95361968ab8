"""What holds of the step that makes .venv, on a bare Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import install

ROOT = Path(install.__file__).parent.parent
NO_VENV = "import sys; sys.exit('ensurepip is not available')"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Give a folder with what the step reads, as in a fresh clone."""
    (tmp_path / "config").mkdir()
    for name in ("config/install.py", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def made(tmp_path, monkeypatch) -> Path:
    """Give a .venv that is up to date with the extras dev and postgres; return its stamp."""
    stamp = tmp_path / "touchstone-stamp"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    stamp.write_text(f"{install.fingerprint()} dev postgres")
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "STAMP", stamp)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return stamp


def run(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "config/install.py"],
        cwd=clone,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def bare_python(clone: Path, code: str) -> str:
    """Run code beside the step in a Python that knows no packages; return what it prints."""
    code = f"import sys; sys.path.insert(0, 'config'); import install; {code}"
    return subprocess.check_output([sys.executable, "-I", "-S", "-c", code], cwd=clone, text=True)


@pytest.mark.skipif(shutil.which("apt-get") is None, reason="names a package of Debian")
def test_a_debian_without_venv_is_told_the_exact_line(clone):
    stub = clone / "stubs"
    stub.mkdir()
    (stub / "venv.py").write_text(NO_VENV)

    told = run(clone, PYTHONPATH=str(stub))

    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert told.returncode == 1
    assert f"sudo apt-get install -y python{version}-venv" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (clone / ".venv").exists()


def test_an_old_python_is_refused_in_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(install.sys, "version_info", (3, 9, 1))

    assert install.main(set()) == 1
    assert capsys.readouterr().err == (
        "Python 3.9 is too old. Write PYTHON=python3.11, or a later one.\n"
    )


def test_what_is_up_to_date_is_left_alone_without_a_word(made, capsys):
    assert install.main({"dev"}) == 0
    assert install.main(set()) == 0
    assert capsys.readouterr().out == ""


def test_a_changed_list_of_packages_makes_it_anew(clone):
    before = bare_python(clone, "print(install.fingerprint())")
    with (clone / "constraints.txt").open("a") as constraints:
        constraints.write("new==1.0\n")

    assert bare_python(clone, "print(install.fingerprint())") != before


def test_a_postgres_address_asks_for_its_driver(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://crm@localhost/crm")

    assert install.extras_of_settings() == {"postgres"}


def test_the_step_needs_nothing_that_is_not_in_python(clone):
    assert "django" not in bare_python(clone, "print(sorted(sys.modules))")
