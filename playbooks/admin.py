"""Records of playbooks in the read-mostly admin."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from playbooks.models import ContentReview, Playbook, PlaybookVersion, ReadReceipt

admin.site.register([Playbook, PlaybookVersion, ContentReview, ReadReceipt], ReadOnlyAdmin)
