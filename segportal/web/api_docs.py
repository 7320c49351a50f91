"""The browsable page of the API: Swagger from local assets, under a page-only content policy."""

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


# Swagger writes style attributes of its own; only this page permits them.
@csp_update({"style-src": ["'unsafe-inline'"]})
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger over our OpenAPI document."""
    return render(request, "segportal/api_docs.html")


def script(request: HttpRequest) -> HttpResponse:
    """Starts Swagger; a file of its own because the content policy refuses inline scripts."""
    body = (
        f'window.addEventListener("load", () => SwaggerUIBundle({{url: "{reverse("api-schema")}?format=json", '
        'dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none", defaultModelsExpandDepth: 0}));\n'
    )
    return HttpResponse(body, content_type="text/javascript")
