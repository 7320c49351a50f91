"""Who reacts to which fact: event name -> names of the tasks that consume it, in the order of the storeys."""

ROUTES: dict[str, tuple[str, ...]] = {}
