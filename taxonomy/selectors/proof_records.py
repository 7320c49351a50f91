"""Answers of the prover as plain JSON and back: what caches and tables keep of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from taxonomy.proofs import Answer, Finding, Relation, Verdict, Witness

Record = dict[str, Any]


def answer_record(answer: Answer) -> Record:
    """The answer as JSON."""
    return {
        "verdict": answer.verdict.value,
        "reason": answer.reason,
        "witness": witness_record(answer.witness) if answer.witness else None,
    }


def answer_from(record: Mapping[str, Any]) -> Answer:
    """The answer that `answer_record` wrote."""
    witness = witness_from(record["witness"]) if record["witness"] else None
    return Answer(verdict=Verdict(record["verdict"]), witness=witness, reason=record["reason"])


def witness_record(witness: Witness) -> Record:
    """The made-up customer as JSON, each value with its type."""
    return {
        "attributes": {key: _typed(value) for key, value in sorted(witness.attributes.items())},
        "as_of": witness.as_of.isoformat(),
        "segments": dict(sorted(witness.segments.items())),
    }


def witness_from(record: Mapping[str, Any]) -> Witness:
    """The made-up customer that `witness_record` wrote."""
    return Witness(
        attributes={key: _value(typed) for key, typed in record["attributes"].items()},
        as_of=date.fromisoformat(record["as_of"]),
        segments=dict(record["segments"]),
    )


def relation_record(relation: Relation) -> Record:
    """The relation of two rules as JSON."""
    return {
        "verdict": relation.verdict.value,
        "kind": relation.kind,
        "only_a": answer_record(relation.only_a),
        "only_b": answer_record(relation.only_b),
        "both": answer_record(relation.both),
        "reason": relation.reason,
    }


def relation_from(record: Mapping[str, Any]) -> Relation:
    """The relation that `relation_record` wrote."""
    return Relation(
        verdict=Verdict(record["verdict"]),
        kind=record["kind"],
        only_a=answer_from(record["only_a"]),
        only_b=answer_from(record["only_b"]),
        both=answer_from(record["both"]),
        reason=record["reason"],
    )


def finding_record(finding: Finding) -> Record:
    """What was found about a rule as JSON."""
    return {
        "code": str(finding.code),
        "path": list(finding.path),
        "clause": finding.clause,
        "answer": answer_record(finding.answer),
        "words": finding.words,
    }


def finding_from(record: Mapping[str, Any]) -> Finding:
    """The finding that `finding_record` wrote."""
    return Finding(
        code=record["code"],
        path=tuple(record["path"]),
        clause=record["clause"],
        answer=answer_from(record["answer"]),
        words=record["words"],
    )


def _typed(value: Any) -> list[Any]:
    if isinstance(value, datetime):
        return ["timestamp", value.astimezone(UTC).isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, frozenset | set | list | tuple):
        return ["set", sorted(value)]
    return ["plain", value]


def _value(typed: list[Any]) -> Any:
    kind, value = typed
    if kind == "timestamp":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    return frozenset(value) if kind == "set" else value
