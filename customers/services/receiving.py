"""Stops an upload that is too large while it comes in, before it fills the disk."""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from common.errors import Invalid
from customers.services.uploads import too_large, upload_limit

_MARK = "upload_is_too_large"
# Beside the file stand a few small fields and the boundaries.
_SLACK = 64 * 1024


class LimitedUpload(TemporaryFileUploadHandler):
    """Writes to a temporary file up to the limit, counted while reading: a stated length may lie or be missing."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._length = 0
        self._stated = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Remember the stated length."""
        self._stated = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Refuse at once what says that it is too large."""
        if self._stated > upload_limit() + _SLACK:
            self._stop()
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Take one more piece, or stop."""
        self._length += len(raw_data)
        if self._length > upload_limit():
            self.file.close()
            self._stop()
        super().receive_data_chunk(raw_data, start)
        return None

    def _stop(self) -> None:
        setattr(self.request, _MARK, True)
        raise StopUpload(connection_reset=True)


def limit_upload(request: HttpRequest) -> None:
    """Read the request's files by `LimitedUpload`. Before anything has read the body."""
    request.upload_handlers = [LimitedUpload(request)]  # type: ignore[assignment]


def check_upload(request: HttpRequest) -> None:
    """Raise `UploadTooLarge` when the upload was stopped, `Invalid` when it came without its length. After the body
    was read.
    """
    if getattr(request, _MARK, False):
        raise too_large()
    if request.headers.get("Transfer-Encoding") and not request.headers.get("Content-Length"):
        detail = "Send the file with its length (Content-Length); an upload in chunks of unknown length is not read."
        raise Invalid(detail, code="length_required", pointer="/file")
