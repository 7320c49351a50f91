"""Append-only facts: audit trail and outbox in one."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"
