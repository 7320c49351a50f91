"""What every app's API is built of."""

from common.api.etags import check_if_match, etag_of, with_etag
from common.api.pagination import CursorPages
from common.api.serializers import StrictModelSerializer, StrictSerializer
from common.api.throttles import RULE_QUESTIONS
from common.api.views import DomainView

__all__ = [
    "RULE_QUESTIONS",
    "CursorPages",
    "DomainView",
    "StrictModelSerializer",
    "StrictSerializer",
    "check_if_match",
    "etag_of",
    "with_etag",
]
