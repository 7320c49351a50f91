"""`python -m bench`: CUSTOMERS (1,000,000) and RULES (100) may be set; one JSON line per benchmark.

Then come those that need processes of their own; ALONE=0 leaves them out.
"""

import json
import os
import sys
from time import perf_counter
from typing import Any

from bench import alone, explanation, generated, overlaps, proofs, reading, rules, stage

CUSTOMERS = int(os.environ.get("CUSTOMERS", "1000000"))
RULES = int(os.environ.get("RULES", "100"))


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def report(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def main() -> None:
    began = perf_counter()
    tell(f"Making up {CUSTOMERS:,} customers (they do not exist)")
    frame = generated.frame(CUSTOMERS)
    texts = rules.texts(RULES)
    with stage.portal():
        from bench import impact, reads, recompute, whatif

        people = stage.people()
        stage.catalogue(people.steward)
        stage.segments(texts)
        path = stage.build(frame)
        tell(f"Loading PostgreSQL's table (not timed against anybody), {perf_counter() - began:.0f} s so far")
        loaded = recompute.load_typed_table(frame)
        del frame
        recompute.keep_rules()
        tell(f"Measuring, {perf_counter() - began:.0f} s so far")
        report({**recompute.full_recompute(path, texts), "typed_table_loaded_in_seconds": round(loaded, 1)})
        report(reading.parse_and_check(rules.texts(300)))
        report(reads.preview(path, texts))
        report(whatif.what_if(texts))
        report(impact.impact_of_a_change(texts))
        report(proofs.all_pairs(texts))
        for line in reads.first_pages(people.steward):
            report(line)
        report(reads.segments_of_one_customer(people.steward))
        report(overlaps.overlap_matrix(people.steward))
        report(explanation.explanation_of_one_customer(people.steward, path, texts))
    failed = alone.run_alone() if os.environ.get("ALONE", "1") != "0" else []
    tell(f"{perf_counter() - began:.0f} s in all")
    if failed:
        sys.exit(f"These failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
