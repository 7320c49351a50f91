"""Addresses of the API of safeguards."""

from django.urls import path

from safeguards.api.views import FreezeLiftView, FreezesView, FreezeView

urlpatterns = [
    path("freezes/", FreezesView.as_view(), name="api-freezes"),
    path("freezes/<int:freeze_id>/", FreezeView.as_view(), name="api-freeze"),
    path("freezes/<int:freeze_id>/lift/", FreezeLiftView.as_view(), name="api-freeze-lift"),
]
