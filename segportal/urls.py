"""Addresses of the portal: pages by app, the API, health, sign-in, the read-mostly admin."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from segportal.web import doors, errors, first_run, health, home, metrics, operations, search, styleguide

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = "Segportal records"
admin.site.site_title = "Segportal records"

PAGES = (
    "customers",
    "taxonomy",
    "memberships",
    "aims",
    "playbooks",
    "training",
    "reviews",
    "activation",
    "insights",
    "meetings",
    "stewardship",
    "safeguards",
    "notifications",
    "ledger",
    "accounts",
)

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("operations/", operations.operations, name="operations"),
    path("ledger/doors/", doors.doors, name="doors"),
    path("operations/figures/", operations.figures, name="operations-figures"),
    path("status/", operations.status, name="status"),
    path("welcome/", first_run.first_run, name="first-run"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("segportal.api")),
    path("v1/", include("customers.api.tracking_urls")),
    path("", include("activation.api.ofrep_urls")),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    *[path("", include(f"{app}.web.urls")) for app in PAGES],
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
