"""Records of the insights in the read-mostly admin."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from insights.models import MisclassificationReport

admin.site.register(MisclassificationReport, ReadOnlyAdmin)
