"""Settings of the tests: fast password hash, plain static storage, no rate limits that slow a suite."""

import os

from segportal.settings.base import *  # noqa: F403
from segportal.settings.base import DATABASES, REST_FRAMEWORK, STORAGES

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].pop("CONN_HEALTH_CHECKS", None)
# Where the tests' own server has the tables ready to be copied; they need not be made for each worker again.
if "TEST_TEMPLATE" in os.environ:
    DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ["TEST_TEMPLATE"]}
DATABASE_OWNER = DATABASES["default"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"principal": "100000/min", "rules": "100000/min"}
SEGPORTAL_MAIL_READY = True
