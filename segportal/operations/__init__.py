"""What whoever operates the portal looks at: figures of every part, read once for the page and for /metrics."""
