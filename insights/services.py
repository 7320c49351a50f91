"""Records measures."""

from datetime import datetime

from django.db import transaction

from insights.models import SegmentMeasure


@transaction.atomic
def record_measure(
    *, segment_key: str, run_id: int, version_number: int, at: datetime, size: int, entered: int, left: int
) -> SegmentMeasure:
    """Afterwards the movement of that segment in that run is on record, once. Refuses: nothing. Announces: nothing."""
    measure, _ = SegmentMeasure.objects.get_or_create(
        segment_key=segment_key,
        run_id=run_id,
        defaults={"version_number": version_number, "at": at, "size": size, "entered": entered, "left": left},
    )
    return measure
