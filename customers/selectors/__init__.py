"""Reading the data storey."""

from customers.rows import AttributeRow
from customers.selectors.attributes import (
    AttributeLine,
    Quality,
    attribute_changes,
    attribute_facts,
    attribute_facts_for,
    attribute_for,
    attribute_lines_for,
    attribute_quality,
    attribute_uses,
    attributes_for,
    visible_attribute_keys,
)
from customers.selectors.builds import build_by_id, build_files, builds_folder, newest_build, newest_change, scan_build
from customers.selectors.contents import LiveContent, checked_content, content_of, live_content
from customers.selectors.customers import (
    CustomerRecord,
    customer,
    customer_count,
    customer_for,
    customers_for,
    external_ids,
    ordinals_of,
    record_of,
    search_for,
)
from customers.selectors.declarations import DECLARED
from customers.selectors.distributions import Distribution, distribution_for, distribution_of
from customers.selectors.home import home_panels
from customers.selectors.imports import import_for, import_progress, imports_for, quarantine_of
from customers.selectors.searching import search
from customers.selectors.sources import (
    SourceLine,
    freshness_of,
    loads_of,
    source_by_key,
    source_for,
    source_lines_for,
    source_version,
    sources_for,
)
from customers.selectors.trust import FactLine, TrustedFacts, fact_lines, proposed_fact_lines, trusted_facts

__all__ = [
    "DECLARED",
    "AttributeLine",
    "AttributeRow",
    "CustomerRecord",
    "Distribution",
    "FactLine",
    "LiveContent",
    "Quality",
    "SourceLine",
    "TrustedFacts",
    "attribute_changes",
    "attribute_facts",
    "attribute_facts_for",
    "attribute_for",
    "attribute_lines_for",
    "attribute_quality",
    "attribute_uses",
    "attributes_for",
    "build_by_id",
    "build_files",
    "builds_folder",
    "checked_content",
    "content_of",
    "customer",
    "customer_count",
    "customer_for",
    "customers_for",
    "distribution_for",
    "distribution_of",
    "external_ids",
    "fact_lines",
    "freshness_of",
    "home_panels",
    "import_for",
    "import_progress",
    "imports_for",
    "live_content",
    "loads_of",
    "newest_build",
    "newest_change",
    "ordinals_of",
    "proposed_fact_lines",
    "quarantine_of",
    "record_of",
    "scan_build",
    "search",
    "search_for",
    "source_by_key",
    "source_for",
    "source_lines_for",
    "source_version",
    "sources_for",
    "trusted_facts",
    "visible_attribute_keys",
]
