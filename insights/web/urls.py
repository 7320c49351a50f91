"""Addresses of the insights' pages."""

from django.urls import path

from insights.web import views

app_name = "insights"

urlpatterns = [path("insights/", views.health_page, name="health")]
