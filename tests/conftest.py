"""What tests share: a browser, PostgreSQL, a broker and a worker, all real ones."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from config import broker as embedded
from crm.models import User
from crm.selectors import health
from tests import postgres
from tests.settings import TEST_DATA

# Playwright's loop runs in this thread, where Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
BROWSER_FIXTURES = {"page", "context", "new_context", "browser", "phone", "desktop"}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
ON_POSTGRES = "postgresql" in settings.DATABASES["default"]["ENGINE"]
PACKAGES = {
    "browser": "chromium fonts-noto-cjk",
    "gettext": "gettext",
    "postgres": "postgresql",
}
NEEDS = "needs "
# What is as it should be and Chromium or htmx notes on its console all the same: a refusal that the
# page shows, and a question given up for a newer one or with its page. One that fails for another
# reason says so in a line of its own (htmx:sendError, htmx:timeout, htmx:responseError).
EXPECTED = ("status of 422", "status of 409", "htmx:sendAbort", "htmx:afterRequest")


def missing() -> list[str]:
    """Return what some tests need and this machine lacks."""
    here = {
        "browser": CHROMIUM is not None,
        "gettext": shutil.which("xgettext") is not None,
        "postgres": postgres.programs() is not None,
    }
    return [name for name, is_here in here.items() if not is_here]


def pytest_configure() -> None:
    """Refuse to leave anything out where CI=true."""
    if os.environ.get("CI") and (lacking := missing()):
        packages = " ".join(PACKAGES[name] for name in lacking)
        raise pytest.UsageError(f"CI runs everything. Missing here: {packages}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a browser or PostgreSQL, and leave out what cannot run here."""
    lacking = missing()
    kept, left = [], []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & BROWSER_FIXTURES:
            item.add_marker("browser")
        if "postgres_url" in fixtures:
            item.add_marker("postgres")
        for need in [name for name in lacking if item.get_closest_marker(name)]:
            item.add_marker(pytest.mark.skip(reason=f"{NEEDS}{PACKAGES[need]}"))
        uses_database = item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES
        is_shown = item.get_closest_marker("browser") or item.get_closest_marker("one_database")
        on_sqlite_is_enough = is_shown or not uses_database
        (left if ON_POSTGRES and on_sqlite_is_enough else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run, and the one line that adds what it needs."""
    reasons = [str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ())]
    needed = [reason.partition(NEEDS)[2] for reason in reasons if NEEDS in reason]
    if needed:
        terminalreporter.section("not run")
        packages = " ".join(sorted(set(needed)))
        terminalreporter.line(f"{len(needed)} tests.  sudo apt-get install -y {packages}")


def pytest_unconfigure() -> None:
    """Remove the tests' data folder."""
    shutil.rmtree(TEST_DATA, ignore_errors=True)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin each test in English; a page or command of another test may have left Chinese on."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Run a PostgreSQL server for the session and give its URL."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def base_url() -> None:
    """Leave the pages' address to live_server; the plugin's own fixture warns under pytest 9."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Launch Debian's Chromium instead of a downloaded one."""
    flags = [*CHROMIUM_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {"executable_path": CHROMIUM, "args": flags}


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A Chinese phone: 390 x 844, touch."""
    yield from quiet_page(
        new_context(
            viewport={"width": 390, "height": 844},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=True,
            is_mobile=True,
        )
    )


@pytest.fixture
def desktop(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """An English desktop: 1440 x 900."""
    yield from quiet_page(new_context(viewport={"width": 1440, "height": 900}, locale="en-GB"))


def quiet_page(context: BrowserContext) -> Iterator[Page]:
    """Give a page and hold that nothing was complained about on its console."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in EXPECTED):
            complaints.append(message.text)

    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture
def sign_in(client: Client, live_server: LiveServer) -> Callable[[Page, User], None]:
    """Give a function that signs a user in on a page without walking the form."""

    def enter(page: Page, user: User) -> None:
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        page.context.add_cookies([cookie])

    return enter


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the parts of a busy machine time to say that they are well."""
    monkeypatch.setattr(health, "PATIENCE", 10.0)


@pytest.fixture
def broker() -> Iterator[subprocess.Popen[bytes]]:
    """Run the embedded broker where the tests' settings look for it."""
    data_dir = Path(TEST_DATA)
    embedded.prepare("embedded", data_dir)
    with subprocess.Popen(embedded.server_command(data_dir)) as server:
        until(embedded.socket_path(data_dir).is_socket, "the broker's socket")
        yield server
        server.kill()
    shutil.rmtree(embedded.folder(data_dir), ignore_errors=True)


@pytest.fixture
def start_worker(
    broker: subprocess.Popen[bytes], transactional_db: None, tmp_path: Path
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Give a function that starts a Celery worker on the tests' database and waits for it."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        log = tmp_path / f"worker-{len(started)}.log"
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-c", "1"]
        with log.open("wb") as out:
            worker = subprocess.Popen(
                [*command, "--without-gossip", "--without-mingle", "--loglevel", "INFO"],
                env=environment_of_tests(),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(worker)
        until(lambda: b" ready." in log.read_bytes(), "the worker", seconds=60)
        return worker

    yield start
    for worker in started:
        end_group(worker)


def environment_of_tests() -> dict[str, str]:
    """Return the environment in which a process works on the tests' database and data folder."""
    database = settings.DATABASES["default"]
    url = f"sqlite:///{database['NAME']}"
    if ON_POSTGRES:
        server = os.environ["DATABASE_URL"].rpartition("/")[0]
        url = f"{server}/{database['NAME']}"
    return os.environ | {
        "DATABASE_URL": url,
        "DATA_DIR": TEST_DATA,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait(timeout=30)


def until(holds: Callable[[], object], what: str, *, seconds: float = 30) -> None:
    """Wait until something holds; fail with its name after a while."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            pytest.fail(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.05)
