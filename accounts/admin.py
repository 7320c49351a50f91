"""Records of people in the read-mostly admin: nothing is changed here."""

from django.contrib import admin

from accounts.models import RoleGrant, Token, User
from common.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("username", "display_name", "function", "is_active")
    search_fields = ("username", "display_name")
    exclude = ("password",)


@admin.register(RoleGrant)
class RoleGrantAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "branch", "granted_at")


@admin.register(Token)
class TokenAdmin(ReadOnlyAdmin):
    list_display = ("name", "prefix", "user", "created_at", "revoked_at")
    exclude = ("digest",)
