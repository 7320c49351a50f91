"""How our endpoints describe themselves in the OpenAPI document."""

from typing import Any

from drf_spectacular.openapi import AutoSchema


class PortalSchema(AutoSchema):
    """Tags by the first part of the path; problem documents as the error answer of every operation."""

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.removeprefix("/api/v1/").split("/") if part and not part.startswith("{")]
        return parts[:1] or ["api"]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["responses"].setdefault(
                "default",
                {
                    "description": "A problem document",
                    "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}},
                },
            )
        return operation


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "nullable": True},
                },
            },
        },
    },
}
