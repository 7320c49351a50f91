"""Records of training in the read-mostly admin."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from training.models import Brief, BriefReview, BriefVersion, Progress

admin.site.register([Brief, BriefVersion, BriefReview, Progress], ReadOnlyAdmin)
