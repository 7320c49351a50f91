"""Reports of misclassifications: made, given to somebody, judged, forgotten with the customer."""

from django.db import IntegrityError, transaction

from accounts.selectors import user_by_id
from common.actors import Actor
from common.clock import now
from common.errors import Invalid
from common.texts import clean_text
from customers.selectors import customer_for
from insights.choices import Claim
from insights.errors import IllegalMove, NoSuchReport, ReportedAlready
from insights.events import MisclassificationAssigned, MisclassificationJudged, MisclassificationReported
from insights.models import MisclassificationReport
from insights.policies import ReportPolicy
from insights.selectors.reports import names_of, standing_of
from insights.states import after
from ledger.services import announce
from taxonomy.selectors import segment_for

MOST = 1000
ERASED = "Removed with the customer."
_DEEDS = {"accept": "accepted", "refuse": "refused", "fix": "marked as fixed", "reopen": "opened again"}


@transaction.atomic
def report_misclassification(
    *, actor: Actor, external_id: str, segment_key: str, claim: str, why: str
) -> MisclassificationReport:
    """Afterwards an open report waits for whoever answers for the segment, with what the membership stood on.

    Refuses: `NotAllowed`; `NoSuchCustomer`; `SegmentUnknown`; `Invalid` (claim, reason, a claim that is true already);
    `ReportedAlready`. Announces: `insights.misclassification.reported`.
    """
    ReportPolicy().require(actor, "report")
    customer = customer_for(viewer=actor, external_id=external_id)
    segment = segment_for(viewer=actor, key=segment_key)
    reason = clean_text(why, pointer="/why", max_length=MOST, lines=True)
    if claim not in Claim.values:
        raise Invalid("Say whether the customer should be in (in) or should not (out).", pointer="/claim")
    standing = standing_of(customer.ordinal, segment.key)
    if standing.is_in == (claim == Claim.SHOULD_BE_IN):
        state = "in this segment" if standing.is_in else "not in this segment"
        raise Invalid(f"The customer is {state}, as you say it should be; nothing is to be reported.", pointer="/claim")
    try:
        with transaction.atomic():
            report = MisclassificationReport.objects.create(
                segment_key=segment.key,
                customer_ordinal=customer.ordinal,
                claim=claim,
                why=reason,
                version_number=standing.version_number,
                run_id=standing.run_id,
                reported_by_id=actor.pk,
                reported_at=now(),
            )
    except IntegrityError:
        raise ReportedAlready("Somebody has reported this already; it waits to be judged.") from None
    announce(MisclassificationReported(report_id=report.pk, segment_key=segment.key, claim=claim), actor=actor)
    return report


@transaction.atomic
def assign_report(*, actor: Actor, report_id: int, user_id: int) -> MisclassificationReport:
    """Afterwards that person is to judge the report. Refuses: `NoSuchReport`; `NotAllowed`; `Invalid` when the person
    may not judge it. Announces: `insights.misclassification.assigned`, unless it was theirs.
    """
    report = _locked(report_id)
    policy = ReportPolicy()
    policy.require(actor, "triage", report.segment_key)
    person = user_by_id(user_id)
    reason = policy.reason(person, "triage", report.segment_key)
    if reason is not None:
        raise Invalid(f"{person.display_name} cannot judge this report. {reason}", pointer="/assigned_to")
    if report.assigned_to_id == person.pk:
        return report
    report.assigned_to = person
    report.save(update_fields=["assigned_to"])
    announce(
        MisclassificationAssigned(report_id=report.pk, segment_key=report.segment_key, user_id=person.pk), actor=actor
    )
    return report


@transaction.atomic
def judge_report(*, actor: Actor, report_id: int, move: str, answer: str = "") -> MisclassificationReport:
    """Afterwards the report stands where the move leads, with the answer for its author. A refusal must say why.

    Refuses: `NoSuchReport`; `NotAllowed`; `IllegalMove`; `Invalid`. Announces: `insights.misclassification.judged`.
    """
    report = _locked(report_id)
    ReportPolicy().require(actor, "triage", report.segment_key)
    if move not in _DEEDS:
        raise Invalid(f"Choose one of: {', '.join(_DEEDS)}.", pointer="/move")
    state = after(report.state, move)
    if state is None:
        raise IllegalMove(f"This report is {report.get_state_display().lower()}; it cannot be {_DEEDS[move]} now.")
    words = clean_text(answer, pointer="/answer", max_length=MOST, lines=True, required=move == "refuse")
    report.state, report.answer = state, words
    report.judged_by_id, report.judged_at = actor.pk, now()
    report.save(update_fields=["state", "answer", "judged_by", "judged_at"])
    announce(MisclassificationJudged(report_id=report.pk, segment_key=report.segment_key, state=state), actor=actor)
    return report


@transaction.atomic
def forget_erased_customers() -> int:
    """Afterwards no report keeps what people wrote about a customer who was erased, alone or merged into another; how
    many reports were emptied now. The counts stay.
    """
    rows = MisclassificationReport.objects.exclude(why=ERASED)
    known = names_of(rows)
    gone = {row.customer_ordinal for row in rows} - known.keys()
    emptied = MisclassificationReport.objects.filter(customer_ordinal__in=gone)
    emptied.exclude(answer="").update(answer=ERASED)
    return emptied.exclude(why=ERASED).update(why=ERASED)


def _locked(report_id: int) -> MisclassificationReport:
    report = MisclassificationReport.objects.select_for_update().filter(pk=report_id).first()
    if report is None:
        raise NoSuchReport(f"There is no report {report_id}.")
    return report
