"""An evaluation as the content of a file: what shards and children hand back."""

import json
from dataclasses import asdict, dataclass

from pyroaring import BitMap

from memberships.engines.base import Evaluation


@dataclass(frozen=True)
class _Head:
    """What stands before the bitmaps of a result file."""

    sizes: list[tuple[str, int]]
    failures: dict[str, str]
    rows: int
    seconds: tuple[float, float, float]


def to_bytes(part: Evaluation) -> bytes:
    """An evaluation as the content of a result file: a line of JSON, then the bitmaps."""
    raw = [(name, bytes(members.serialize())) for name, members in part.members.items()]
    head = _Head(
        [(name, len(content)) for name, content in raw],
        part.failures,
        part.rows,
        (part.compile_seconds, part.evaluate_seconds, part.bitmap_seconds),
    )
    return b"\n".join([json.dumps(asdict(head)).encode(), b"".join(content for _, content in raw)])


def from_bytes(content: bytes) -> Evaluation:
    """What `to_bytes` wrote."""
    line, _, body = content.partition(b"\n")
    head = _Head(**json.loads(line))
    part = Evaluation(failures=dict(head.failures), rows=head.rows)
    part.compile_seconds, part.evaluate_seconds, part.bitmap_seconds = head.seconds
    place = 0
    for name, size in head.sizes:
        part.members[name] = BitMap.deserialize(body[place : place + size])
        place += size
    return part
