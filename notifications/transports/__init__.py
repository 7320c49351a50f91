"""How messages leave the portal: mail, and webhooks of Slack and Teams."""
