"""The browsable page of the API: Swagger from local assets, under a page-only content policy."""

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from rest_framework.exceptions import AuthenticationFailed

from accounts.api.authentication import BearerToken


# Swagger writes style attributes of its own; only this page permits them.
@login_not_required
@csp_update({"style-src": ["'unsafe-inline'"]})
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger over our OpenAPI document, for whoever is signed in or brings a token, as in all of the API."""
    if not request.user.is_authenticated and not _brings_token(request):
        return redirect_to_login(request.get_full_path())
    return render(request, "segportal/api_docs.html")


def script(request: HttpRequest) -> HttpResponse:
    """Starts Swagger; a file of its own because the content policy refuses inline scripts."""
    body = (
        f'window.addEventListener("load", () => SwaggerUIBundle({{url: "{reverse("api-schema")}?format=json", '
        'dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none", defaultModelsExpandDepth: 0}));\n'
    )
    return HttpResponse(body, content_type="text/javascript")


def _brings_token(request: HttpRequest) -> bool:
    try:
        return BearerToken().authenticate(request) is not None
    except AuthenticationFailed:
        return False
