"""Addresses of boards and change requests."""

from django.urls import path

from reviews.api import boards, changes, rights, shadows, suggestions, views

_ONE = "change-requests/<int:request_id>/"

urlpatterns = [
    path("boards/", boards.BoardListView.as_view(), name="api-boards"),
    path("boards/<str:key>/", boards.BoardView.as_view(), name="api-board"),
    path("boards/<str:key>/delegations/", rights.DelegationsView.as_view(), name="api-board-delegations"),
    path("delegations/<int:delegation_id>/", rights.DelegationView.as_view(), name="api-delegation"),
    path("who-could-change-alone/", rights.WhoAloneView.as_view(), name="api-who-alone"),
    path(f"{_ONE}requirement/", rights.RequirementView.as_view(), name="api-change-request-requirement"),
    path(f"{_ONE}declarations/", rights.DeclarationsView.as_view(), name="api-change-request-declarations"),
    path(f"{_ONE}invitations/", rights.InvitationsView.as_view(), name="api-change-request-invitations"),
    path("declarations/<int:declaration_id>/", rights.DeclarationView.as_view(), name="api-declaration"),
    path("invitations/<int:invitation_id>/again/", rights.InvitationAgainView.as_view(), name="api-invitation-again"),
    path("invitations/<int:invitation_id>/", rights.InvitationView.as_view(), name="api-invitation"),
    path("change-requests/", views.RequestListView.as_view(), name="api-change-requests"),
    path(_ONE, views.RequestView.as_view(), name="api-change-request"),
    path(f"{_ONE}submit/", views.SubmitView.as_view(), name="api-change-request-submit"),
    path(f"{_ONE}withdraw/", views.WithdrawView.as_view(), name="api-change-request-withdraw"),
    path(f"{_ONE}votes/", views.VotesView.as_view(), name="api-change-request-votes"),
    path(f"{_ONE}comments/", views.CommentsView.as_view(), name="api-change-request-comments"),
    path(f"{_ONE}suggestions/", suggestions.SuggestionsView.as_view(), name="api-change-request-suggestions"),
    path(
        f"{_ONE}suggestions/<int:suggestion_id>/take/",
        suggestions.SuggestionTakeView.as_view(),
        name="api-suggestion-take",
    ),
    path(
        f"{_ONE}suggestions/<int:suggestion_id>/decline/",
        suggestions.SuggestionDeclineView.as_view(),
        name="api-suggestion-decline",
    ),
    path(f"{_ONE}schedule/", views.ScheduleView.as_view(), name="api-change-request-schedule"),
    path(f"{_ONE}rebase/", views.RebaseView.as_view(), name="api-change-request-rebase"),
    path(f"{_ONE}apply/", views.ApplyView.as_view(), name="api-change-request-apply"),
    path(f"{_ONE}rollback/", changes.RollbackView.as_view(), name="api-change-request-rollback"),
    path(f"{_ONE}arm/", changes.ArmView.as_view(), name="api-change-request-arm"),
    path(f"{_ONE}break-glass/", changes.BreakGlassView.as_view(), name="api-change-request-break-glass"),
    path(f"{_ONE}retro/", changes.RetroView.as_view(), name="api-change-request-retro"),
    path(f"{_ONE}shadow/", shadows.RequestShadowView.as_view(), name="api-change-request-shadow"),
    path("shadows/<int:shadow_id>/promote/", shadows.PromoteView.as_view(), name="api-shadow-promote"),
    path("blackouts/", changes.BlackoutListView.as_view(), name="api-blackouts"),
    path("blackouts/<int:blackout_id>/", changes.BlackoutView.as_view(), name="api-blackout"),
    path("governance-calendar/", changes.CalendarView.as_view(), name="api-governance-calendar"),
    path(f"{_ONE}evidence/", views.EvidenceView.as_view(), name="api-change-request-evidence"),
]
