"""Settings for `make run`: one machine, loopback, plain http."""

from segportal.settings.base import *  # noqa: F403
from segportal.settings.env import env

DEBUG = env.bool("DEBUG", default=False)
# Without a mail server the mails are files in the data directory, folder mail, for whoever tries the portal out.
SEGPORTAL_MAIL_READY = True
