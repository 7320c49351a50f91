"""Records of consent in the read-mostly admin: nothing here can be added, changed or deleted."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from reviews.models import Board, ChangeRequest, Comment, Impact, Revision, Seat, Vote

admin.site.register([Board, ChangeRequest, Comment, Impact, Revision, Seat, Vote], ReadOnlyAdmin)
