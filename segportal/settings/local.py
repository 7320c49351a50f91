"""Settings for `make run`: one machine, loopback, plain http."""

from segportal.settings.base import *  # noqa: F403
from segportal.settings.env import env

DEBUG = env.bool("DEBUG", default=False)
