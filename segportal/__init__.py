"""Wiring: settings, URLs, Celery, schedule, event routes, home page and search."""

from segportal.celery import app as celery_app

__all__ = ["celery_app"]
