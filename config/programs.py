"""The programs that make up a running Touchstone, in the order of their start."""

import http.client
import signal
import sys
from collections.abc import Callable

from django.conf import settings

from config import broker
from config.pulse import Pulse
from config.supervisor import Program

THREADS = 4  # of each web process
MOST_MAIL_PROCESSES = 2  # they wait for mail servers, and compute nothing


def programs(*, once_answering: Callable[[], None]) -> list[Program]:
    """Return broker (when it is the embedded one), web, worker and beat."""
    own = [embedded_broker()] if runs_own_broker() else []
    return [*own, web(once_answering), worker(), mailer(), beat()]


def runs_own_broker() -> bool:
    """Say whether the broker is a program of ours."""
    return settings.BROKER_URL == "embedded" and broker.server_program() is not None


def embedded_broker() -> Program:
    """Return the embedded broker."""
    socket = broker.socket_path(settings.DATA_DIR)
    return Program("broker", broker.server_command(settings.DATA_DIR), ready=socket.is_socket)


def web(once_answering: Callable[[], None]) -> Program:
    """Return the web server; it says nothing of single requests."""
    host = f"[{settings.BIND}]" if ":" in settings.BIND else settings.BIND
    command = [
        *python("gunicorn", "config.wsgi"),
        f"--bind={host}:{settings.PORT}",
        f"--workers={settings.WEB_WORKERS}",
        f"--threads={THREADS}",
        "--worker-class=gthread",
        "--timeout=60",
        "--graceful-timeout=10",
        "--log-level=warning",
        "--no-control-socket",  # it lies in the home folder, where two copies would meet
    ]
    return Program("web", command, ready=answers, once_ready=once_answering, patience=15)


def worker() -> Program:
    """Return the Celery worker that scores and learns."""
    return worker_of("celery", name="worker", processes=settings.WORKER_PROCESSES)


def mailer() -> Program:
    """Return the Celery worker that sends mail, which waits behind no training."""
    processes = min(settings.WORKER_PROCESSES, MOST_MAIL_PROCESSES)
    return worker_of("mail", name="mailer", processes=processes)


def worker_of(queue: str, *, name: str, processes: int) -> Program:
    """Return a worker of one queue; QUIT lets a running task finish for some seconds."""
    command = [
        *celery("worker"),
        f"--queues={queue}",
        f"--hostname={name}@%h",
        f"--concurrency={processes}",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
    patience = settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT + 10
    return Program(
        name,
        command,
        stop_signal=signal.SIGQUIT,
        patience=patience,
        has_stopped=Pulse(name).has_stopped,
        environment=broker_address(),
        silenced=(b"worker: ",),  # how it is shut down, said at each shutdown
    )


def beat() -> Program:
    """Return the clock of the background work."""
    return Program("beat", celery("beat"), environment=broker_address())


def celery(part: str) -> list[str]:
    """Return the command of one part of Celery."""
    return python("celery", "--app=config", "--quiet", part, "--loglevel=WARNING")


def broker_address() -> dict[str, str]:
    """Return the broker's address for Celery, which reads BROKER_URL too but knows no embedded."""
    return {"BROKER_URL": settings.CELERY_BROKER_URL}


def python(module: str, *words: str) -> list[str]:
    """Return the command of a module in this Python."""
    return [sys.executable, "-W", "ignore", "-m", module, *words]


def answers() -> bool:
    """Say whether the web server answers, be it with a refusal."""
    every = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # asks there, binds nothing
    host = every.get(settings.BIND, settings.BIND)
    line = http.client.HTTPConnection(host, settings.PORT, timeout=1)
    try:
        line.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0]})
        line.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
    return True
