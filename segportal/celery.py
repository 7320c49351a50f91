"""The Celery application: JSON only, late acknowledgement, tasks from every app."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segportal.settings.local")

app = Celery("segportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
