"""The overlap matrix of all segments. `python -m bench.overlaps` measures it alone (CUSTOMERS, RULES)."""

import json
import os
from time import perf_counter
from typing import Any

from bench.reads import CUSTOMERS as SOME
from bench.reads import figures, milliseconds


def overlap_matrix(steward: Any) -> dict[str, Any]:
    """What the page and the API wait for (rights, queries, counts of all pairs, likeness, order), and the bare counts,
    against the self-join of a table of memberships. The join is asked of some customers and extrapolated by their
    number; for them both must count alike. Expects the table `joined` of `reads.segments_of_one_customer`."""
    from django.db import connection
    from pyroaring import BitMap

    from memberships.measures.overlaps import shared_counts
    from memberships.selectors.overlap_matrix import overlaps_for
    from memberships.selectors.reading import current_positions, members_at

    found = overlaps_for(viewer=steward)
    members = members_at(current_positions().values())
    ids = sorted(members)
    whole = milliseconds(lambda _: overlaps_for(viewer=steward).surprising(), 20)
    counts = milliseconds(lambda _: shared_counts([members[pk] for pk in ids]), 20)

    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.segment, b.segment, count(*) FROM joined a JOIN joined b USING (customer)"
            " WHERE a.segment < b.segment GROUP BY 1, 2"
        )
        theirs = {(first, second): count for first, second, count in cursor.fetchall()}
    peer = perf_counter() - began
    first = BitMap(range(SOME))
    some = shared_counts([members[pk] & first for pk in ids])
    wrong = [
        (a, b) for i, a in enumerate(ids) for j, b in enumerate(ids) if i < j and some[i, j] != theirs.get((a, b), 0)
    ]
    assert not wrong, f"the self-join counts otherwise: {wrong[:3]}"
    customers = max(found.population, 1)
    return {
        "benchmark": "overlap_matrix",
        "over": "the selector: rights, queries, counts of all pairs, the most surprising ones",
        "segments": len(ids),
        "pairs": len(list(found.pairs())),
        "customers": customers,
        **figures(whole),
        "counts_alone": figures(counts),
        "peers": {
            "sql_self_join": {
                "customers": SOME,
                "seconds": round(peer, 2),
                "extrapolated_seconds": round(peer * customers / SOME, 1),
                "times_slower": round(peer * customers / SOME * 1000 / figures(whole)["median_ms"]),
            }
        },
    }


def main() -> None:
    """This benchmark alone."""
    from bench import generated, rules, stage

    frame = generated.frame(int(os.environ.get("CUSTOMERS", "1000000")))
    texts = rules.texts(int(os.environ.get("RULES", "100")))
    with stage.portal():
        from bench import reads, recompute

        people = stage.people()
        stage.catalogue(people.steward)
        stage.segments(texts)
        path = stage.build(frame)
        recompute.load_typed_table(frame)
        recompute.keep_rules()
        recompute.full_recompute(path, texts)
        reads.segments_of_one_customer(people.steward)
        print(json.dumps(overlap_matrix(people.steward)))


if __name__ == "__main__":
    main()
