"""What waits for a person: the inbox, its count, home panels, search, and where a segment is under change."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from accounts.policies import has_role_anywhere
from common.clock import now
from common.once import by_person, once_per_page
from common.panels import HomeItem, HomePanel
from common.search import SearchHit
from common.uses import Use
from memberships.measures.suppression import K, told_moves
from reviews.choices import State, SuggestionState
from reviews.models import ChangeRequest, Declaration, Impact, Revision, Suggestion, Vote
from reviews.policies import READERS, RequestPolicy, holds_a_seat, seats_of
from reviews.selectors.emergencies import owed
from reviews.selectors.requests import open_requests, requests_for
from reviews.selectors.rights import lent_to

PANEL_ROWS = 8


def awaiting_vote(viewer: Any) -> QuerySet[ChangeRequest]:
    """Requests that the viewer can vote on now: from their seat, one that is lent to them, or because they are named.

    Without those that they shaped, stand aside from, or voted on already; oldest first.
    """
    if getattr(viewer, "pk", None) is None or not getattr(viewer, "is_active", False):
        return ChangeRequest.objects.none()
    waiting = ChangeRequest.objects.filter(state=State.IN_REVIEW)
    named = waiting.filter(requirement__people__contains=[{"username": viewer.get_username()}])
    may = Q(board_id__in=list(seats_of(viewer))) | Q(pk__in=named.order_by().values("pk"))
    for lent in lent_to(viewer):
        may |= Q(board_id=lent.seat.board_id) & _open_to(lent.seat.user_id)
    return waiting.filter(may, _open_to(viewer.pk)).select_related("board", "author").order_by("submitted_at", "pk")


def _open_to(person_id: int) -> Q:
    """The requests that the person did not shape, does not stand aside from and, nor anybody from their seat, has not
    voted on; what was done is read once, by person, and not for each request."""
    done = (Q(editor_id=person_id) | Q(suggested_by_id=person_id), Q(voter_id=person_id) | Q(seat__user_id=person_id))
    written = Revision.objects.filter(done[0])
    worded = Suggestion.objects.filter(author_id=person_id, state=SuggestionState.TAKEN)
    aside = Declaration.objects.filter(person_id=person_id, withdrawn_at__isnull=True)
    voted = Vote.objects.filter(done[1], voided_at__isnull=True, revision__number=F("request__revision")).exclude(
        delegation__revoked_at__isnull=False
    )
    closed = [rows.order_by().values("request_id") for rows in (written, worded, aside, voted)]
    return ~Q(author_id=person_id) & ~Q(pk__in=closed[0].union(*closed[1:]))


def awaiting_author(viewer: Any) -> QuerySet[ChangeRequest]:
    """The viewer's own requests that wait for them: changes were asked for, or the live version moved."""
    if getattr(viewer, "pk", None) is None:
        return ChangeRequest.objects.none()
    return (
        ChangeRequest.objects.filter(author_id=viewer.pk, state__in=[State.CHANGES_REQUESTED, State.STALE])
        .select_related("board", "author")
        .order_by("updated_at", "pk")
    )


def sits_on_a_board(viewer: Any) -> bool:
    """Whether the person holds any seat now: board members read the whole ledger."""
    return holds_a_seat(viewer)


def inbox(viewer: Any) -> list[ChangeRequest]:
    """All that waits for the viewer: first what they can vote on, then what they must answer."""
    return [*awaiting_vote(viewer), *awaiting_author(viewer)]


@once_per_page(by_person)
def waiting_count(viewer: Any) -> int:
    """How many requests wait for the viewer."""
    return votes_waiting(viewer) + awaiting_author(viewer).count()


@once_per_page(by_person)
def votes_waiting(viewer: Any) -> int:
    """How many requests the viewer can vote on now."""
    return awaiting_vote(viewer).count()


def home_panels(viewer: Any) -> list[HomePanel]:
    """The home page's parts about consent: votes due, answers due, own drafts, what took effect."""
    panels: list[HomePanel] = []
    past = [
        _item(each.request, f"past {each.request.board}, by {each.person}", urgent=True) for each in owed()[:PANEL_ROWS]
    ]
    if past and (holds_a_seat(viewer) or has_role_anywhere(viewer, *READERS)):
        panels.append(
            HomePanel("past-the-board", "In force past its board", 1, past, "", _list_url("state=applied"), "bad")
        )
    if holds_a_seat(viewer):
        panels.append(_votes_panel(viewer))
    mine = awaiting_author(viewer)
    drafts = ChangeRequest.objects.filter(author_id=viewer.pk, state=State.DRAFT).order_by("-updated_at")
    own = [
        *[
            _item(request, request.state_reason or request.get_state_display(), urgent=True)
            for request in mine[:PANEL_ROWS]
        ],
        *[_item(request, "Draft, not submitted") for request in drafts[:PANEL_ROWS]],
    ]
    if own:
        total = mine.count() + drafts.count()
        panels.append(HomePanel("own-requests", "Your requests", 15, own, "", _list_url("mine=1"), "warn", total))
    recent = requests_for(viewer=viewer).filter(state=State.APPLIED).order_by("-applied_at")[:5]
    panels.append(
        HomePanel(
            "took-effect",
            "Took effect",
            40,
            [
                _item(request, f"by {request.author}, decided by {request.board}", at=request.applied_at)
                for request in recent
            ],
            "No change has taken effect yet.",
            _list_url("state=applied"),
        )
    )
    return panels


def _votes_panel(viewer: Any) -> HomePanel:
    waiting = awaiting_vote(viewer)
    shown = list(waiting[:PANEL_ROWS])
    impacts = impact_lines(shown)
    items = [
        HomeItem(
            title=request.title,
            url=reverse("reviews:request", args=[request.pk]),
            detail=f"{request.author} · {impacts.get(request.pk, '')}",
            at=request.submitted_at,
            badge=request.board.name,
            urgent=(now() - (request.submitted_at or now())).days >= 7,
        )
        for request in shown
    ]
    return HomePanel(
        "votes",
        "Waiting for your vote",
        10,
        items,
        "Nothing waits for your vote.",
        _list_url("waiting=1"),
        None,
        votes_waiting(viewer),
    )


def impact_lines(requests: Iterable[ChangeRequest]) -> dict[int, str]:
    """Request number -> its impact in one short line, for those that were submitted; one query."""
    numbers = [request.pk for request in requests]
    rows = Impact.objects.filter(request__in=numbers, revision__number=F("request__revision"))
    return {impact.request_id: impact_words(impact.record) for impact in rows}


def impact_words(record: dict[str, Any] | None) -> str:
    """The impact in one short line."""
    if not record or not record.get("computed"):
        return "impact not computed"
    if record["form"] == "membership":
        # Lists are read by everybody, so small counts are words here, and so is what they could be worked out from.
        entering, leaving, _, _ = told_moves(record["entering"], record["leaving"], record["staying"])
        return f"{_few(entering)} enter, {_few(leaving)} leave"
    if record["form"] == "content":
        return f"read for {record['members']:,} customers"
    count = len(record.get("uses", []))
    if record["form"] == "words":
        return f"{count} text{'' if count == 1 else 's'} use{'s' if count == 1 else ''} it"
    return f"{count} rule{'' if count == 1 else 's'} read{'s' if count == 1 else ''} it"


def _few(count: int | None) -> str:
    return f"fewer than {K}" if count is None else f"{count:,}"


def search(viewer: Any, text: str, limit: int = 10) -> list[SearchHit]:
    """Requests whose title, subject or number fits the text."""
    words = text.strip()
    if not words:
        return []
    fits = Q(title__icontains=words) | Q(subject_key__icontains=words)
    number = words.lstrip("#")
    if number.isascii() and number.isdigit() and len(number) < 12:
        fits |= Q(pk=int(number))
    found = RequestPolicy().visible(viewer).filter(fits).select_related("author").order_by("-pk")[:limit]
    return [
        SearchHit(
            kind="Request",
            title=f"#{request.pk} {request.title}",
            detail=f"{request.get_state_display()} · {request.author}",
            url=reverse("reviews:request", args=[request.pk]),
            score=0.6 if request.title.lower().startswith(words.lower()) else 0.4,
        )
        for request in found
    ]


def segment_uses(segment_key: str) -> list[Use]:
    """Undecided requests about a segment, for whoever is about to change or retire it."""
    return [
        Use("Open request", f"#{request.pk} {request.title}", reverse("reviews:request", args=[request.pk]))
        for request in open_requests("segment", segment_key)
    ]


def _item(request: ChangeRequest, detail: str, *, at: Any = None, urgent: bool = False) -> HomeItem:
    url = reverse("reviews:request", args=[request.pk])
    return HomeItem(title=request.title, url=url, detail=detail, at=at or request.updated_at, urgent=urgent)


def _list_url(query: str) -> str:
    return f"{reverse('reviews:list')}?{query}"
