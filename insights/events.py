"""Facts that the insights announce; none names the customer or repeats what a person wrote."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class _ReportEvent(Event):
    object_type: ClassVar[str] = "misclassification"

    report_id: int
    segment_key: str

    @property
    def object_key(self) -> str:
        return str(self.report_id)


@dataclass(frozen=True, kw_only=True)
class MisclassificationReported(_ReportEvent):
    name: ClassVar[str] = "insights.misclassification.reported"
    sentence: ClassVar[str] = "reported a misclassification in {segment_key} (report {report_id}: should be {claim})"

    claim: str


@dataclass(frozen=True, kw_only=True)
class MisclassificationAssigned(_ReportEvent):
    name: ClassVar[str] = "insights.misclassification.assigned"
    sentence: ClassVar[str] = "gave report {report_id} about {segment_key} to a person"

    user_id: int


@dataclass(frozen=True, kw_only=True)
class MisclassificationJudged(_ReportEvent):
    name: ClassVar[str] = "insights.misclassification.judged"
    sentence: ClassVar[str] = "judged report {report_id} about {segment_key}: {state}"

    state: str
