"""Addresses of the pages of consent."""

from django.urls import path

from reviews.web import boards, builder, inbox, meanings, request_page, talking, thresholds, views, words, writing

app_name = "reviews"

_DRAFT = "rule-drafts/<int:draft_id>/"
_ONE = "requests/<int:request_id>/"

urlpatterns = [
    path("requests/", views.requests, name="list"),
    path("requests/inbox/", inbox.inbox, name="inbox"),
    path("requests/light/", inbox.confirm_light, name="light"),
    path("requests/light/decide/", inbox.decide_light, name="light-decide"),
    path("requests/new/", writing.new, name="request-new"),
    path("requests/thresholds/", thresholds.thresholds, name="thresholds"),
    path("requests/who-decides/", writing.who_decides, name="who-decides"),
    path("requests/region/segment/<str:key>/", views.segment_region, name="segment-region"),
    path("requests/region/word/<str:kind>/<str:key>/", words.word_region, name="word-region"),
    path("requests/region/checklist/<str:key>/", views.checklist, name="segment-checklist"),
    path("try-a-rule/", builder.try_rule, name="try-rule"),
    path("try-a-rule/propose/", builder.propose, name="rule-draft-propose"),
    path("rule-drafts/", builder.open_draft, name="rule-draft-open"),
    path("rule-drafts/attributes/", builder.attributes, name="rule-draft-attributes"),
    path("rule-drafts/segments/", builder.segments, name="rule-draft-segments"),
    path("rule-drafts/attributes/<str:key>/", builder.spread, name="rule-draft-spread"),
    path(f"{_DRAFT}change/", builder.change, name="rule-draft-change"),
    path(f"{_DRAFT}look/", builder.look, name="rule-draft-look"),
    path(f"{_DRAFT}proofs/", builder.proofs, name="rule-draft-proofs"),
    path(f"{_DRAFT}sample/", builder.sample, name="rule-draft-sample"),
    path(f"{_DRAFT}discard/", builder.discard, name="rule-draft-discard"),
    path(_ONE, request_page.change_request, name="request"),
    path(f"{_ONE}meaning/", meanings.request_meaning, name="request-meaning"),
    path(f"{_ONE}edit/", writing.edit, name="request-edit"),
    path(f"{_ONE}submit/", views.submit, name="request-submit"),
    path(f"{_ONE}vote/", request_page.vote, name="request-vote"),
    path(f"{_ONE}claim/", inbox.claim, name="request-claim"),
    path(f"{_ONE}release/", inbox.release, name="request-release"),
    path(f"{_ONE}withdraw/", views.withdraw, name="request-withdraw"),
    path(f"{_ONE}comment/", talking.comment, name="request-comment"),
    path(f"{_ONE}suggest/", talking.suggest, name="request-suggest"),
    path(f"{_ONE}suggestions/<int:suggestion_id>/take/", talking.take, name="suggestion-take"),
    path(f"{_ONE}suggestions/<int:suggestion_id>/decline/", talking.decline, name="suggestion-decline"),
    path(f"{_ONE}rebase/", views.rebase, name="request-rebase"),
    path(f"{_ONE}apply/", views.apply, name="request-apply"),
    path(f"{_ONE}schedule/", views.schedule, name="request-schedule"),
    path("boards/", boards.boards, name="boards"),
    path("define-board/", boards.define, name="board-new"),
    path("boards/<str:key>/", boards.board, name="board"),
    path("boards/<str:key>/edit/", boards.edit, name="board-edit"),
    path("boards/<str:key>/seat/", boards.seat, name="board-seat"),
    path("boards/<str:key>/unseat/", boards.unseat, name="board-unseat"),
]
