"""Who reacts to which fact: event name -> names of the tasks that consume it, in the order of the storeys."""

ROUTES: dict[str, tuple[str, ...]] = {
    "customers.attribute.defined": (
        "customers.on_attribute_defined",
        "memberships.on_attribute_defined",
        "taxonomy.on_grounds_changed",
        "reviews.on_version_enacted",
    ),
    "customers.build.finished": ("taxonomy.on_grounds_changed",),
    "customers.customer.erased": (
        "memberships.on_profiles_changed",
        "memberships.on_customer_erased",
        "reviews.on_customer_erased",
        "insights.on_customer_erased",
    ),
    "customers.facts.counted": ("taxonomy.on_grounds_changed",),
    "customers.import.finished": ("memberships.on_import_finished",),
    "customers.import.requested": ("customers.on_import_requested",),
    "customers.profiles.changed": ("memberships.on_profiles_changed",),
    "playbooks.version.enacted": ("reviews.on_version_enacted",),
    "memberships.changed": ("activation.on_memberships_changed",),
    "memberships.moved": ("activation.on_memberships_moved",),
    "memberships.run.finished": ("memberships.on_run_finished",),
    "taxonomy.objective.defined": ("reviews.on_version_enacted",),
    "safeguards.freeze.lifted": ("customers.on_freeze_lifted", "memberships.on_freeze_lifted"),
    "taxonomy.segment.retired": (
        "taxonomy.on_grounds_changed",
        "memberships.on_segment_retired",
        "reviews.on_version_enacted",
    ),
    "taxonomy.version.enacted": (
        "taxonomy.on_grounds_changed",
        "memberships.on_version_enacted",
        "playbooks.on_version_enacted",
        "training.on_version_enacted",
        "reviews.on_version_enacted",
        "activation.on_version_enacted",
    ),
    "training.brief.enacted": ("reviews.on_version_enacted",),
}
