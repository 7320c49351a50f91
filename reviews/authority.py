"""What a vote agrees to: the ingredients of a request that its digest covers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from common.digests import digest_of


def instant(value: datetime | None) -> str | None:
    """An instant as it stands in a digest: UTC, ISO 8601."""
    return value.astimezone(UTC).isoformat() if value is not None else None


def wording(
    *,
    kind: str,
    subject_type: str,
    subject_key: str,
    base_version: int | None,
    proposed: Mapping[str, Any],
    rationale: str,
    expected: str,
    effective_at: datetime | None,
    statement: Mapping[str, Any],
    revision: int,
) -> dict[str, Any]:
    """The ingredients that the authors wrote."""
    return {
        "kind": str(kind),
        "subject": {"type": str(subject_type), "key": subject_key},
        "base_version": base_version,
        "proposed": dict(proposed),
        "rationale": rationale,
        "expected": expected,
        "effective_at": instant(effective_at),
        "statement": dict(statement),
        "revision": revision,
    }


def impact_digest(record: Mapping[str, Any], nonce: str) -> str:
    """The digest of an impact record with its nonce; without one, as records were digested at first, of it alone.

    Counts below five are told to few. Without the nonce whoever has but the digest could try every small count.
    """
    return digest_of({"nonce": nonce, "record": record} if nonce else record)


def signed(
    words: Mapping[str, Any],
    *,
    impact: str,
    checks: list[dict[str, str]],
    policy: Mapping[str, Any],
    policy_version: int,
) -> dict[str, Any]:
    """All that a vote agrees to: the wording, the impact record (by its digest), the checks, and the board's policy."""
    return {
        **words,
        "impact": impact,
        "checks": digest_of(checks),
        "policy": {"version": policy_version, **policy},
    }
