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


@dataclass(frozen=True, kw_only=True)
class _ForecastEvent(Event):
    object_type: ClassVar[str] = "request"

    request_id: int
    measure: str
    subject_key: str

    @property
    def object_key(self) -> str:
        return str(self.request_id)


@dataclass(frozen=True, kw_only=True)
class ForecastMeasured(_ForecastEvent):
    """A prediction was compared with what came."""

    name: ClassVar[str] = "insights.forecast.measured"
    sentence: ClassVar[str] = "measured the predicted {measure} of request {request_id}: {actual} ({verdict})"

    actual: float
    verdict: str


@dataclass(frozen=True, kw_only=True)
class ForecastOwed(_ForecastEvent):
    """The day of a prediction has passed, and nobody has said what came of it."""

    name: ClassVar[str] = "insights.forecast.owed"
    sentence: ClassVar[str] = "found the predicted {measure} of request {request_id} without a verdict ({reason})"

    reason: str


@dataclass(frozen=True, kw_only=True)
class ForecastVoided(_ForecastEvent):
    """A prediction can no longer be measured."""

    name: ClassVar[str] = "insights.forecast.voided"
    sentence: ClassVar[str] = "declared the predicted {measure} of request {request_id} void: {reason}"

    reason: str
