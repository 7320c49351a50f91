"""Records of the delivery in the read-mostly admin."""

from django.contrib import admin

from activation.models import Announcement, Notice, Step
from common.admin import ReadOnlyAdmin

admin.site.register([Announcement, Step, Notice], ReadOnlyAdmin)
