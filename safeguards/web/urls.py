"""Addresses of the pages of safeguards."""

from django.urls import path

from safeguards.web import views

app_name = "safeguards"

urlpatterns = [
    path("freezes/", views.freezes, name="freezes"),
    path("freezes/now/", views.standing, name="now"),
    path("freezes/begin/", views.begin, name="freeze"),
    path("freezes/<int:freeze_id>/lift/", views.end, name="lift"),
    path("freezes/region/<str:scope>/", views.region, name="region-all"),
    path("freezes/region/<str:scope>/<str:key>/", views.region, name="region"),
]
