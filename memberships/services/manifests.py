"""What a run read, asked and found: the results before they are published, and the manifest that stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from memberships import bitmaps
from memberships.engines import Evaluation
from memberships.models import Run
from memberships.services.claims import Claim
from taxonomy.selectors import ActiveRule


@dataclass(frozen=True)
class Computed:
    """What a run found out, not yet visible to anybody. `question` holds for each segment the digest of what was asked;
    `seconds` the time by stage; `began` the perf_counter at the start."""

    run: Run
    build: Any
    as_of: datetime
    rules: Mapping[str, ActiveRule]
    question: Mapping[str, str]
    evaluation: Evaluation
    engine: Mapping[str, str]
    seconds: Mapping[str, float]
    began: float


def manifest_of(
    claim: Claim, computed: Computed, lines: list[dict[str, Any]], *, publish_seconds: float
) -> dict[str, Any]:
    """The manifest of a run whose segments ended as `lines` say. The output digest covers the members of every segment
    that the run found, and is the same for any slices, threads and order."""
    digests = {line["segment"]: line["members"] for line in lines if "members" in line}
    states = sorted({line["state"] for line in lines})
    seconds = {**computed.seconds, "publish": publish_seconds, "total": perf_counter() - computed.began}
    return {
        "run": claim.run_id,
        "attempt": claim.attempt,
        "as_of": computed.as_of.isoformat(),
        "build": {"number": computed.build.number, "digest": computed.build.digest, "rows": computed.build.row_count},
        "engine": dict(computed.engine),
        "rows": computed.evaluation.rows,
        "segments": lines,
        "counts": {state: sum(line["state"] == state for line in lines) for state in states},
        "memberships": sum(line.get("size", 0) for line in lines),
        "seconds": {stage: round(value, 4) for stage, value in seconds.items()},
        "output_digest": bitmaps.digest_of_all(digests),
    }
