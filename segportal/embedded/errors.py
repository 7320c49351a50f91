"""What an embedded service says when it cannot run."""


class EmbeddedServiceError(RuntimeError):
    """PostgreSQL or Valkey could not be started or stopped; the text says why and what to do next."""
