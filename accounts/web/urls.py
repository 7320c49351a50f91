"""Addresses of the pages about people."""

from django.urls import path

from accounts.web import views

app_name = "accounts"

urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("me/tokens/", views.tokens, name="tokens"),
    path("me/tokens/<int:token_id>/revoke/", views.revoke, name="token-revoke"),
    path("people/", views.people, name="people"),
    path("people/new/", views.person_new, name="person-new"),
    path("people/<str:username>/", views.person, name="person"),
    path("people/<str:username>/grant/", views.grant, name="grant"),
    path("people/<str:username>/take/", views.take, name="take"),
    path("people/<str:username>/active/", views.active, name="active"),
]
