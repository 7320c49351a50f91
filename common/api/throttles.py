"""Rate limits per token or person; a broker that is away never blocks a call."""

from typing import Any

from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle


class PerPrincipal(SimpleRateThrottle):
    """Counts by token, else by person, else by address."""

    scope = "principal"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        token = getattr(getattr(request, "auth", None), "pk", None)
        principal = f"t{token}" if token else f"u{request.user.pk}" if request.user.pk else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": principal}

    def allow_request(self, request: Any, view: Any) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except (RedisError, OSError):
            return True


class RuleQuestions(PerPrincipal):
    """Questions about rules (check, preview, compare): enough for who types, too few to sound customers out."""

    scope = "rules"


# For the views that answer what a rule would say or select.
RULE_QUESTIONS = [PerPrincipal, RuleQuestions]
