"""Addresses of the API of stewardship."""

from django.urls import path

from stewardship.api import audits, rituals, views

_AUDIT = "stewardship/audits/<int:campaign_id>/"
_ITEM = "stewardship/audit-items/<int:audit_item_id>/"
_FINDING = "stewardship/findings/<int:finding_id>/"
_RITUAL = "stewardship/rituals/<int:ritual_id>/"
_SESSION = "stewardship/sessions/<int:occurrence_id>/"

urlpatterns = [
    path("stewardship/cases/", views.CasesView.as_view(), name="api-cases"),
    path("stewardship/cases/<int:case_id>/", views.CaseView.as_view(), name="api-case"),
    path("stewardship/cases/<int:case_id>/move/", views.CaseMoveView.as_view(), name="api-case-move"),
    path("stewardship/reviews/", views.ReviewsView.as_view(), name="api-reviews-due"),
    path("stewardship/reviews/<str:type_>/<str:key>/", views.ReviewView.as_view(), name="api-review-record"),
    path("stewardship/assessments/<str:key>/", views.AssessmentsView.as_view(), name="api-assessments"),
    path("stewardship/audits/", audits.AuditsView.as_view(), name="api-audits"),
    path(_AUDIT, audits.AuditView.as_view(), name="api-audit"),
    path(f"{_AUDIT}sign/", audits.AuditSignView.as_view(), name="api-audit-sign"),
    path(f"{_AUDIT}items/", audits.AuditItemsView.as_view(), name="api-audit-items"),
    path(_ITEM, audits.AuditItemView.as_view(), name="api-audit-item"),
    path(f"{_ITEM}findings/", audits.ItemFindingsView.as_view(), name="api-audit-item-findings"),
    path("stewardship/findings/", audits.FindingsView.as_view(), name="api-findings"),
    path(_FINDING, audits.FindingView.as_view(), name="api-finding"),
    path(f"{_FINDING}settle/", audits.FindingSettleView.as_view(), name="api-finding-settle"),
    path("stewardship/calendar/", views.CalendarView.as_view(), name="api-upkeep-calendar"),
    path("stewardship/rituals/", rituals.RitualsView.as_view(), name="api-rituals"),
    path(_RITUAL, rituals.RitualView.as_view(), name="api-ritual"),
    path(f"{_RITUAL}end/", rituals.RitualEndView.as_view(), name="api-ritual-end"),
    path(f"{_RITUAL}hold/", rituals.RitualHoldView.as_view(), name="api-ritual-hold"),
    path("stewardship/sessions/", rituals.SessionsView.as_view(), name="api-sessions"),
    path(_SESSION, rituals.SessionView.as_view(), name="api-session"),
    path(f"{_SESSION}hold/", rituals.SessionHoldView.as_view(), name="api-session-hold"),
]
