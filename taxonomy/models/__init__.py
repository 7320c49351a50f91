"""The tables of meaning: objectives, segments, versions, enactments, the crosswalk, proofs, governed words."""

from taxonomy.models.correspondence import Correspondence
from taxonomy.models.definition import Definition, DefinitionVersion, Equivalence, FieldMapping
from taxonomy.models.enactment import Enactment
from taxonomy.models.objective import Objective, Signature
from taxonomy.models.proof import Proof, ProofSweep
from taxonomy.models.segment import Segment
from taxonomy.models.version import SegmentVersion

__all__ = [
    "Correspondence",
    "Definition",
    "DefinitionVersion",
    "Enactment",
    "Equivalence",
    "FieldMapping",
    "Objective",
    "Proof",
    "ProofSweep",
    "Segment",
    "SegmentVersion",
    "Signature",
]
