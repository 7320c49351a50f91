"""Addresses of the API of stewardship."""

from django.urls import path

from stewardship.api import views

urlpatterns = [
    path("stewardship/cases/", views.CasesView.as_view(), name="api-cases"),
    path("stewardship/cases/<int:case_id>/", views.CaseView.as_view(), name="api-case"),
    path("stewardship/cases/<int:case_id>/move/", views.CaseMoveView.as_view(), name="api-case-move"),
    path("stewardship/reviews/", views.ReviewsView.as_view(), name="api-reviews-due"),
    path("stewardship/reviews/<str:type_>/<str:key>/", views.ReviewView.as_view(), name="api-review-record"),
    path("stewardship/assessments/<str:key>/", views.AssessmentsView.as_view(), name="api-assessments"),
    path("stewardship/audits/", views.AuditsView.as_view(), name="api-audits"),
    path("stewardship/audits/<int:campaign_id>/", views.AuditView.as_view(), name="api-audit"),
    path("stewardship/audits/<int:campaign_id>/sign/", views.AuditSignView.as_view(), name="api-audit-sign"),
    path("stewardship/calendar/", views.CalendarView.as_view(), name="api-upkeep-calendar"),
    path("stewardship/rituals/", views.RitualsView.as_view(), name="api-rituals"),
    path("stewardship/sessions/", views.OccurrencesView.as_view(), name="api-sessions"),
]
