"""Makes .venv from constraints.txt when it is missing or stale: python3 config/install.py [dev].

Runs on a bare Python, before anything is installed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "touchstone-stamp"
OLDEST = (3, 11)
SECONDS_BETWEEN_LINES = 2.0


def main(wanted: set[str]) -> int:
    """Bring .venv up to date with the wanted extras; return an exit code."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:2])
        return fail(f"Python {found} is too old. Write PYTHON=python3.11, or a later one.")
    digest, extras = fingerprint(), wanted | extras_of_settings()
    works = (VENV / "bin" / "python").exists() and STAMP.exists()
    stamp, *had = STAMP.read_text().split() if works else [""]
    if stamp == digest and extras <= set(had):
        return 0
    extras |= set(had)
    if stamp != digest and not make_environment():
        return 1
    target = f".[{','.join(sorted(extras))}]" if extras else "."
    if not install(target):
        return 1
    STAMP.write_text(" ".join([digest, *sorted(extras)]))
    return 0


def fingerprint() -> str:
    """Return what the environment has to agree with: both lists, this Python and this folder."""
    seen = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        seen.update((ROOT / name).read_bytes())
    seen.update(f"{sys.version} {sys.platform} {ROOT}".encode())
    return seen.hexdigest()


def extras_of_settings() -> set[str]:
    """Return the extras that the settings ask for."""
    return {"postgres"} if os.environ.get("DATABASE_URL", "").startswith("postgres") else set()


def make_environment() -> bool:
    """Make an empty .venv; say how where Debian left out a part of Python."""
    print("Making the Python environment in .venv ...", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("apt-get"):
        version = ".".join(str(part) for part in sys.version_info[:2])
        fail(f"Python's venv module is missing.  sudo apt-get install -y python{version}-venv")
    else:
        fail(made.stdout + made.stderr)
    return False


def install(target: str) -> bool:
    """Install Touchstone's packages, showing what comes in."""
    print("Installing packages: about a minute, the first time ...", flush=True)
    started = said = time.monotonic()
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    command = [*pip, "--no-input", "--progress-bar=off", "-c", "constraints.txt", "-e", target]
    lines, fetched = [], 0
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        for line in running.stdout or ():
            lines.append(line)
            fetched += line.startswith("Collecting ")
            if line.startswith("Installing collected"):
                print(f"  {fetched} packages fetched; unpacking them", flush=True)
            elif line.startswith("Collecting ") and time.monotonic() - said > SECONDS_BETWEEN_LINES:
                said = time.monotonic()
                print(f"  {fetched} packages: {line.split()[1]}", flush=True)
    if running.returncode != 0:
        fail("".join(lines[-25:]) + "Packages could not be installed; the lines above say why.")
        return False
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)
    return True


def fail(text: str) -> int:
    """Say what is wrong; return the exit code that make passes on."""
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
