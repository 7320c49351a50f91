"""The signed record as one viewer may read it: exact for those who may see customers or decide, coarse for others."""

from collections.abc import Mapping, Sequence
from typing import Any

from memberships.measures.suppression import K, hidden_cells, is_small, told_moves
from memberships.policies import MembershipPolicy
from reviews.choices import DECIDED
from reviews.models import ChangeRequest
from reviews.policies import barred_voters, seats_of

FEW = f"fewer than {K}"
NOT_SHOWN = "not shown"
TOO_FEW = "Too few customers move to say what they are worth."
HELD_OUT = "Kept from the authors until the decision, so that nobody tunes a rule to it."
Record = dict[str, Any]


def shown_record(viewer: Any, request: ChangeRequest, record: Mapping[str, Any]) -> Record:
    """The record for the viewer's eyes; `exact` says whether every count is what was counted.

    Who may not see customers and does not sit in the board reads no count below 5, and none from which one follows by
    subtraction. Authors do not read the months that are held out while the request is undecided.
    """
    if record.get("form") != "membership":
        return dict(record)
    exact = MembershipPolicy().can(viewer, "view_members") or _decides(viewer, request)
    found = {**record, "exact": True} if exact or not record.get("computed") else coarse(record)
    if request.state not in DECIDED and record.get("backtest") and viewer.pk in barred_voters(request):
        found["backtest"] = without_held_out(found["backtest"])
    return found


def _decides(viewer: Any, request: ChangeRequest) -> bool:
    """Whoever votes signs the record, so they read what they sign."""
    return viewer.pk != request.author_id and request.board_id in seats_of(viewer)


def coarse(record: Mapping[str, Any]) -> Record:
    """The record without small counts, and without what would give them away."""
    *told, is_exact = told_moves(record["entering"], record["leaving"], record["staying"])
    entering, leaving, staying = (FEW if count is None else count for count in told)
    found = {**record, "exact": is_exact, "entering": entering, "leaving": leaving, "staying": staying}
    # Of a small segment every set of members could be tried against it.
    found.pop("members_digest", None)
    found["total"] = FEW if is_small(record["total"]) else record["total"]
    found |= _moves(record)
    if not is_exact and "reason" not in (record.get("revenue") or {"reason": ""}):
        found["revenue"] = {"reason": TOO_FEW}
    if "purpose" in (record.get("consent_blocked") or {}):
        found["consent_blocked"] = _blocked(record["consent_blocked"], record)
    owners = list(record.get("account_owners") or ())
    found["account_owners"] = [
        {**row, "count": count} for row, count in zip(owners, _told([row["count"] for row in owners]), strict=True)
    ]
    if record.get("backtest"):
        found["backtest"] = _months(record["backtest"])
    if record.get("shadow"):
        found["shadow"] = {**record["shadow"], "days": [_day(day) for day in record["shadow"]["days"]]}
    return found


def _day(day: Mapping[str, Any]) -> Record:
    """One day of a shadow; where a part is small, nothing stands beside it but the size in force, which is public."""
    names = ("both", "only_shadow", "only_live")
    if not any(is_small(day[name] or 0) for name in names):
        return dict(day)
    told = {name: FEW if is_small(day[name] or 0) else NOT_SHOWN for name in names}
    return {**day, **told, "size": NOT_SHOWN, "value": None, "live_value": None}


def without_held_out(backtest: Mapping[str, Any]) -> Record:
    """A look back without the figures of the months that are kept from authors."""
    hidden = {"size": None, "live": None, "lift": None, "reason": HELD_OUT}
    months = [{**row, **hidden} if row.get("held_out") else row for row in backtest["months"]]
    return {**backtest, "months": months, **backtest["seen"], "live": {"flap_rate": None, "stability": None}}


def _told(counts: Sequence[int]) -> list[int | str]:
    """Counts of a list whose sum may be known: the small ones in words, those that would give them away not at all."""
    hidden = hidden_cells(counts)
    return [FEW if is_small(count) else NOT_SHOWN if place in hidden else count for place, count in enumerate(counts)]


def _moves(record: Mapping[str, Any]) -> Record:
    moves, elsewhere = list(record.get("moves") or ()), dict(record.get("elsewhere") or {})
    told = {
        way: _told([*(row[way] for row in moves), *([elsewhere[way]] if way in elsewhere else [])])
        for way in ("from", "to")
    }
    rows = [{**row, "from": told["from"][place], "to": told["to"][place]} for place, row in enumerate(moves)]
    return {"moves": rows, "elsewhere": {way: told[way][-1] for way in elsewhere}}


def _blocked(blocked: Mapping[str, Any], record: Mapping[str, Any]) -> Record:
    """Those who have not agreed; a few who have are as telling as a few who have not."""
    found = {**blocked}
    for name in ("entering", "staying"):
        count, whole = blocked[name], record[name]
        if is_small(count) or is_small(whole):
            found[name] = FEW
        elif is_small(whole - count):
            found[name] = "nearly all"
    others = [_blocked(each, record) for each in blocked.get("others") or ()]
    return found | ({"others": others} if others else {})


def _months(backtest: Mapping[str, Any]) -> Record:
    rows = [
        {**row, **{name: FEW for name in ("size", "live") if is_small(row[name] or 0)}} for row in backtest["months"]
    ]
    return {**backtest, "months": rows}
