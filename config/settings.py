"""Settings of Touchstone, read from the environment; README.md lists each with its default."""

from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF

from config import broker, environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret_key("SECRET_KEY", data_dir=DATA_DIR)
PORT = environment.number("PORT", default=8000, low=1, high=65535)
BIND = environment.address("BIND", default="127.0.0.1")
WEB_WORKERS = environment.number("WEB_WORKERS", default=2, low=1, high=64)
WORKER_PROCESSES = environment.number("WORKER_PROCESSES", default=2, low=1, high=64)
DEMO = environment.flag("DEMO", default=True)
BASE_URL = environment.base_url("BASE_URL", default=f"http://localhost:{PORT}")
OWN_HOST = urlsplit(BASE_URL).hostname or "localhost"
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", default=f"{OWN_HOST},localhost,127.0.0.1,[::1]")
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise environment.refused("ALLOWED_HOSTS", "*", "the host names of this server")

INSTALLED_APPS = [
    "crm.admin_site.LedgerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "rules",
    "simple_history",
    "template_partials",
    "crm",
    "scoring",
    "config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.middleware.ReaderMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.context.shell",
            ],
        },
    },
]

# --- Database: SQLite in WAL mode, or PostgreSQL by DATABASE_URL ---
DATABASES = {"default": environment.database("DATABASE_URL", file=DATA_DIR / "touchstone.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that reads and then writes never fails with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA mmap_size=134217728; PRAGMA cache_size=2000;"
        ),
    }
else:
    DATABASES["default"].update({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Sign-in ---
AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "crm.accounts_adapter.ClosedToStrangers"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "crm.forms.sign_in.SignInForm"}
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,10/15m/key"}

# --- Web security: a BASE_URL with https turns on everything that needs it ---
HTTPS = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
X_FRAME_OPTIONS = "DENY"
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
if environment.flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --- Languages and time ---
LANGUAGE_CODE = environment.choice("DEFAULT_LANGUAGE", default="zh-hans", of=("zh-hans", "en"))
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = environment.time_zone("TIME_ZONE", default="Asia/Shanghai")
USE_I18N = USE_TZ = True

# --- Static files ---
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # each file is compressed once, not twice
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"

# --- Backups: one file a night, the newest few kept; 0 leaves it to somebody else ---
BACKUP_DIR = Path(environment.text("BACKUP_DIR", str(DATA_DIR / "backups"))).resolve()
BACKUP_KEEP = environment.number("BACKUP_KEEP", default=7, low=0, high=1000)

# --- Mail: a local outbox that a page shows, or SMTP ---
EMAIL_HOST = environment.host("EMAIL_HOST")
EMAIL_PORT = environment.number("EMAIL_PORT", default=587, low=1, high=65535)
EMAIL_HOST_USER = environment.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_PASSWORD", "")
EMAIL_SECURITY = environment.choice(
    "EMAIL_SECURITY", default="starttls", of=("starttls", "tls", "none")
)
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = environment.sender("EMAIL_FROM", default="Touchstone <touchstone@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "crm.outbox.OutboxBackend"
)

# --- Background work: the database is the truth, the broker only wakes the worker ---
BROKER_URL = environment.broker("BROKER_URL")
CELERY_BROKER_URL = broker.url(BROKER_URL, DATA_DIR)
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(BROKER_URL, DATA_DIR)
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Mails have a queue and processes of their own: none waits behind a training of 25 minutes.
# A worker that is told of no queue works both.
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("celery", "mail")}
CELERY_TASK_ROUTES = {
    task: {"queue": "mail", "routing_key": "mail"}
    for task in ("crm.send_due_digests", "crm.send_digest")
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 1500, 1440
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 30  # seconds for a worker's process to load on a busy machine
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "config.clock:Clock"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# A message that nobody took in time is dropped: a job that kills its worker each time (for want of
# memory, say) is not tried again without end, and a worker that was away meets no heap of them.
IN_THE_NIGHT = {"expires": 6 * 60 * 60}
CELERY_BEAT_SCHEDULE = {
    "show that the worker is alive": {"task": "crm.beat", "schedule": 30},
    "show that the mailer is alive": {
        "task": "crm.beat",
        "schedule": 30,
        "options": {"queue": "mail"},
    },
    "score leads that changed": {
        "task": "scoring.score_due",
        "schedule": 60,
        "options": {"expires": 60},
    },
    "score all open leads each night": {
        "task": "scoring.score_open_leads",
        "schedule": crontab(hour=2, minute=30),
        "options": IN_THE_NIGHT,
    },
    "learn from new outcomes": {
        "task": "scoring.train",
        "schedule": crontab(hour=2, minute=0),
        "options": IN_THE_NIGHT,
    },
    "learn when invoices are paid": {
        "task": "scoring.train_payments",
        "schedule": crontab(hour=2, minute=15),
        "options": IN_THE_NIGHT,
    },
    "compute the cash curves that were asked for": {
        "task": "scoring.compute_cash",
        "schedule": 120,
        "options": {"expires": 120},
    },
    "foresee open invoices and the firm's cash": {
        "task": "scoring.foresee_payments",
        "schedule": crontab(hour=3, minute=0),
        "options": IN_THE_NIGHT,
    },
    "send digests that are due": {"task": "crm.send_due_digests", "schedule": 60},
    "begin again what broke off": {"task": "crm.run_again", "schedule": 120},
    "back up everything": {
        "task": "crm.back_up",
        "schedule": crontab(hour=3, minute=30),
        "options": IN_THE_NIGHT,
    },
}
if not BACKUP_KEEP:
    del CELERY_BEAT_SCHEDULE["back up everything"]

# --- Logs: one line an event, readable in a terminal, JSON by LOG_FORMAT=json ---
LOG_LEVEL = environment.choice(
    "LOG_LEVEL", default="INFO", of=("DEBUG", "INFO", "WARNING", "ERROR")
)
LOG_FORMAT = environment.choice("LOG_FORMAT", default="console", of=tuple(logs.WRITERS))
LOGGING = logs.logging_of(level=LOG_LEVEL, form=LOG_FORMAT)
logs.configure()
