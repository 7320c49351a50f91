"""System checks that tell an administrator plainly what protection the installation lacks."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register()
def database_roles(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn when one database role both owns the tables and runs the portal."""
    if settings.DATABASE_ROLES_SEPARATED:
        return []
    return [
        Warning(
            "Audit protection is weaker: the portal runs as the role that owns the ledger's tables.",
            hint="Give DATABASE_OWNER_URL (owns and migrates) beside DATABASE_URL (runs the portal, may only insert "
            "into the ledger). See docs/operations.md.",
            id="segportal.W001",
        )
    ]
