"""What a run read, asked and found: the results before they are published, and the manifest that stays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

from memberships import bitmaps
from memberships.engines import Evaluation
from memberships.models import Run
from memberships.services.asking import Asked, rules_record
from memberships.services.claims import Claim
from taxonomy.selectors import ActiveRule


@dataclass(frozen=True)
class Computed:
    """What a run found out, not yet visible to anybody.

    `question` holds for each segment the digest of what was asked; `grounds` the rules asked and all that they rest on;
    `seconds` the time by stage; `began` the perf_counter at the start; `options` how the engine was told to work.
    """

    run: Run
    build: Any
    as_of: datetime
    rules: Mapping[str, ActiveRule]
    question: Mapping[str, str]
    evaluation: Evaluation
    engine: Mapping[str, str]
    seconds: Mapping[str, float]
    began: float
    grounds: Mapping[str, ActiveRule] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def computed_from(
    run: Run,
    asked: Asked,
    evaluation: Evaluation,
    engine: Mapping[str, str],
    seconds: Mapping[str, float],
    began: float,
    options: Mapping[str, Any],
) -> Computed:
    """An evaluation with all that it answers."""
    evaluation.failures.update(asked.faults)
    stages = {
        "compile": evaluation.compile_seconds,
        "evaluate": evaluation.evaluate_seconds,
        "bitmaps": evaluation.bitmap_seconds,
    }
    return Computed(
        run=run,
        build=asked.build,
        as_of=asked.as_of,
        rules=asked.rules,
        question=asked.question,
        evaluation=evaluation,
        engine=engine,
        seconds={**seconds, **stages},
        began=began,
        grounds=asked.grounds,
        options=options,
    )


def manifest_of(
    claim: Claim, computed: Computed, lines: list[dict[str, Any]], *, publish_seconds: float
) -> dict[str, Any]:
    """The manifest of a run whose segments ended as `lines` say.

    The output digest covers what the run found of every segment in its build at its instant, and is the same for any
    engine, slices, shards, threads and order. Where the published members hold later changes, too, a line has `found`
    beside `members`.
    """
    digests = {line["segment"]: line.get("found", line["members"]) for line in lines if "members" in line}
    states = sorted({line["state"] for line in lines})
    seconds = {**computed.seconds, "publish": publish_seconds, "total": perf_counter() - computed.began}
    return {
        "run": claim.run_id,
        "attempt": claim.attempt,
        "as_of": computed.as_of.isoformat(),
        "build": {"number": computed.build.number, "digest": computed.build.digest, "rows": computed.build.row_count},
        "engine": dict(computed.engine),
        "options": dict(computed.options),
        "rows": computed.evaluation.rows,
        "rules": rules_record((computed.grounds or computed.rules).values()),
        "segments": lines,
        "counts": {state: sum(line["state"] == state for line in lines) for state in states},
        "memberships": sum(line.get("size", 0) for line in lines),
        "seconds": {stage: round(value, 4) for stage, value in seconds.items()},
        "output_digest": bitmaps.digest_of_all(digests),
    }
