"""The browsable page of the API: Swagger from local assets, under a page-only content policy."""

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static


# Swagger writes style attributes of its own; only this page permits them.
@csp_update({"style-src": ["'self'", "'unsafe-inline'"]})
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger over our OpenAPI document."""
    return render(request, "segportal/api_docs.html")


def script(request: HttpRequest) -> HttpResponse:
    """Starts Swagger; its own file because the content policy refuses inline scripts."""
    logo = static("drf_spectacular_sidecar/swagger-ui-dist/favicon-32x32.png")
    body = (
        f"/* {logo} */\n"
        'window.addEventListener("load", () => SwaggerUIBundle({url: "/api/v1/schema/?format=json", '
        'dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none", defaultModelsExpandDepth: 0}));\n'
    )
    return HttpResponse(body, content_type="text/javascript")
