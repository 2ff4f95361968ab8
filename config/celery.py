"""The Celery application: tasks of crm and scoring, settings under CELERY_."""

import os

from celery import Celery

from config import transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("POLARS_MAX_THREADS", "1")  # runs of scores keep two processors busy

transport.use()
app = Celery("touchstone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
