"""Every page needs a sign-in unless its view says otherwise; the API decides for itself."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import urlencode


class SignInRequired(LoginRequiredMiddleware):
    """Django's own, except that the API answers 401 itself and htmx is sent to the sign-in page as a whole."""

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs):  # type: ignore[no-untyped-def]
        if hasattr(view_func, "cls"):
            return None  # an endpoint of the API: it answers 401 itself
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func) -> HttpResponseBase:  # type: ignore[no-untyped-def, override]
        if request.headers.get("HX-Request") != "true":
            return super().handle_no_permission(request, view_func)
        response = HttpResponse("Your session has ended. Sign in again.", status=401)
        here = request.headers.get("HX-Current-URL", "/")
        # Only the path: the sign-in page refuses foreign hosts anyway.
        path = "/" + here.split("//", 1)[-1].partition("/")[2]
        response["HX-Redirect"] = f"{resolve_url('account_login')}?{urlencode({'next': path})}"
        return response
