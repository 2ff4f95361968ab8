"""Settings, urls, the Celery application and the commands that run the whole."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
