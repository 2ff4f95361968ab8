"""The shipped settings with plain static files and a data folder of the tests' own."""

import os
import tempfile
from pathlib import Path

TEST_DATA = tempfile.mkdtemp(prefix="touchstone-test-")
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What a developer has set for a running copy is no business of the tests.
for name in ("BASE_URL", "ALLOWED_HOSTS", "BROKER_URL", "EMAIL_HOST", "DEBUG", "SECRET_KEY"):
    os.environ.pop(name, None)
os.environ["DATA_DIR"] = TEST_DATA
os.environ["DEFAULT_LANGUAGE"] = "en"

from config.settings import *  # the environment above is read by it
from config.settings import DATABASES, STATIC_ROOT

if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    # A file, not memory: live server, threads and workers each open it for themselves.
    DATABASES["default"]["TEST"] = {"NAME": f"{TEST_DATA}/test.sqlite3"}
Path(STATIC_ROOT).mkdir()
# Pages of the live server need no collected manifest; a test of its own builds the real one.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
LOGGING_CONFIG = None
