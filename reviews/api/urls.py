"""Addresses of boards and change requests."""

from django.urls import path

from reviews.api import boards, views

_ONE = "change-requests/<int:request_id>/"

urlpatterns = [
    path("boards/", boards.BoardListView.as_view(), name="api-boards"),
    path("boards/<str:key>/", boards.BoardView.as_view(), name="api-board"),
    path("change-requests/", views.RequestListView.as_view(), name="api-change-requests"),
    path(_ONE, views.RequestView.as_view(), name="api-change-request"),
    path(f"{_ONE}submit/", views.SubmitView.as_view(), name="api-change-request-submit"),
    path(f"{_ONE}withdraw/", views.WithdrawView.as_view(), name="api-change-request-withdraw"),
    path(f"{_ONE}votes/", views.VotesView.as_view(), name="api-change-request-votes"),
    path(f"{_ONE}comments/", views.CommentsView.as_view(), name="api-change-request-comments"),
    path(f"{_ONE}schedule/", views.ScheduleView.as_view(), name="api-change-request-schedule"),
    path(f"{_ONE}rebase/", views.RebaseView.as_view(), name="api-change-request-rebase"),
    path(f"{_ONE}apply/", views.ApplyView.as_view(), name="api-change-request-apply"),
    path(f"{_ONE}evidence/", views.EvidenceView.as_view(), name="api-change-request-evidence"),
]
