"""What every app's pages are built of."""

from common.web.pages import add_errors, htmx_redirect, is_htmx, paginate

__all__ = ["add_errors", "htmx_redirect", "is_htmx", "paginate"]
