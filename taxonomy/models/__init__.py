"""The tables of meaning: objectives, segments, their versions and the enactments that brought them into force."""

from taxonomy.models.enactment import Enactment
from taxonomy.models.objective import Objective
from taxonomy.models.segment import Segment
from taxonomy.models.version import SegmentVersion

__all__ = ["Enactment", "Objective", "Segment", "SegmentVersion"]
