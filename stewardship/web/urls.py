"""Addresses of the pages of stewardship."""

from django.urls import path

from stewardship.web import audits, cases, rituals, views

app_name = "stewardship"

urlpatterns = [
    path("stewardship/", views.home, name="home"),
    path("stewardship/owners/", views.ownership, name="ownership"),
    path("stewardship/owners/<str:key>/hand-over/", views.hand_over, name="hand-over"),
    path("stewardship/reviews/", views.reviews, name="reviews"),
    path("stewardship/reviews/<str:type_>/<str:key>/", views.review, name="review"),
    path("stewardship/reviews/<str:type_>/<str:key>/cycle/", views.cycle, name="cycle"),
    path("stewardship/assessments/<str:key>/", views.assessments, name="assessments"),
    path("stewardship/region/segment/<str:key>/", views.segment_region, name="segment-region"),
    path("stewardship/cases/", cases.cases, name="cases"),
    path("stewardship/cases/<int:case_id>/", cases.case, name="case"),
    path("stewardship/cases/<int:case_id>/move/", cases.move, name="case-move"),
    path("stewardship/audits/", audits.audits, name="audits"),
    path("stewardship/audits/new/", audits.audit_new, name="audit-new"),
    path("stewardship/audits/<int:campaign_id>/", audits.audit, name="audit"),
    path("stewardship/audits/<int:campaign_id>/sign/", audits.sign, name="audit-sign"),
    path("stewardship/audits/<int:campaign_id>/csv/", audits.audit_csv, name="audit-csv"),
    path("stewardship/audit-items/<int:audit_item_id>/", audits.item, name="audit-item"),
    path("stewardship/audit-items/<int:audit_item_id>/findings/", audits.finding_new, name="finding-new"),
    path("stewardship/findings/<int:finding_id>/settle/", audits.settle, name="finding-settle"),
    path("stewardship/calendar/", rituals.calendar, name="calendar"),
    path("stewardship/rituals/", rituals.rituals, name="rituals"),
    path("stewardship/rituals/new/", rituals.ritual_new, name="ritual-new"),
    path("stewardship/rituals/<int:ritual_id>/", rituals.ritual, name="ritual"),
    path("stewardship/rituals/<int:ritual_id>/edit/", rituals.ritual_edit, name="ritual-edit"),
    path("stewardship/rituals/<int:ritual_id>/end/", rituals.ritual_end, name="ritual-end"),
    path("stewardship/sessions/new/", rituals.session_new, name="session-new"),
    path("stewardship/sessions/<int:occurrence_id>/", rituals.occurrence, name="occurrence"),
]
