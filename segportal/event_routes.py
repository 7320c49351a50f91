"""Who reacts to which fact: event name -> names of the tasks that consume it, in the order of the storeys."""

ROUTES: dict[str, tuple[str, ...]] = {
    "customers.import.finished": ("memberships.on_import_finished",),
    "customers.profiles.changed": ("memberships.on_profiles_changed",),
    "taxonomy.segment.retired": ("memberships.on_segment_retired",),
    "taxonomy.version.enacted": (
        "memberships.on_version_enacted",
        "playbooks.on_version_enacted",
        "training.on_version_enacted",
        "reviews.on_version_enacted",
    ),
}
