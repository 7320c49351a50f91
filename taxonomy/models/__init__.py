"""The tables of meaning: objectives, segments, their versions, the enactments that brought them into force, proofs."""

from taxonomy.models.enactment import Enactment
from taxonomy.models.objective import Objective
from taxonomy.models.proof import Proof, ProofSweep
from taxonomy.models.segment import Segment
from taxonomy.models.version import SegmentVersion

__all__ = ["Enactment", "Objective", "Proof", "ProofSweep", "Segment", "SegmentVersion"]
