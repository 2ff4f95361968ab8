"""One log of web and worker: one line an event, and no secret in it."""

import re
from typing import Any

import structlog

# The calendar's link and the link that stops mails open to whoever knows them.
SECRET = re.compile(r"(/calendar/|/mail/stop/)[\w-]+", re.ASCII)


def without_secrets(logger: Any, method: str, line: Any) -> Any:
    """Return a line of the log in which addresses tell no secret."""
    return {
        key: SECRET.sub(r"\1***", value) if isinstance(value, str) else value
        for key, value in line.items()
    }


STEPS: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    without_secrets,
]
WRITERS = {
    "console": structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
    "json": structlog.processors.JSONRenderer(ensure_ascii=False),
}


def logging_of(*, level: str, form: str) -> dict[str, Any]:
    """Return Django's LOGGING of a level, in one of the forms of WRITERS."""
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": STEPS,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            WRITERS[form],
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        # Each request and task that went well is worth a line only to those who look for a fault.
        "loggers": {"django_structlog": {"level": "WARNING" if level == "INFO" else level}},
    }


def configure() -> None:
    """Let what is logged by name and value take the same way as any other line."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *STEPS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
