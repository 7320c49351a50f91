"""Which task waits in which queue, and which kind of worker serves it."""

from kombu import Exchange, Queue

DEFAULT = "celery"
STREAM = "stream"
SHARDS = "shards"
# Kind of worker -> its queues. A long run fills the first kind; what has to be quick has a worker of its own.
KINDS: dict[str, tuple[str, ...]] = {"worker": (DEFAULT, SHARDS), "stream": (STREAM,)}
ROUTES: dict[str, dict[str, str]] = {
    "customers.apply_events": {"queue": STREAM},
    "memberships.publish_changes": {"queue": STREAM},
    "memberships.on_profiles_changed": {"queue": STREAM},
    "memberships.execute_shard": {"queue": SHARDS},
}
NAMES: tuple[str, ...] = tuple(name for names in KINDS.values() for name in names)
# Exchange and key are named: without them Celery binds every queue to the key of the default one.
QUEUES: list[Queue] = [Queue(name, Exchange(name), routing_key=name) for name in NAMES]
