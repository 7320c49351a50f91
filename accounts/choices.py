"""Functions of the company, roles in the portal, scopes of a token."""

from django.db import models


class Function(models.TextChoices):
    MARKETING = "marketing", "Marketing"
    SALES = "sales", "Sales"
    PRODUCT = "product", "Product"
    FINANCE = "finance", "Finance"
    PRIVACY = "privacy", "Privacy"
    SUPPORT = "support", "Support"
    OPERATIONS = "operations", "Operations"


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    STEWARD = "steward", "Data steward"
    OWNER = "owner", "Segment owner"
    REP = "rep", "Sales representative"
    LEARNER = "learner", "Newcomer"
    VIEWER = "viewer", "Viewer"
    AUDITOR = "auditor", "Auditor"


class Scope(models.TextChoices):
    READ = "read", "Read"
    WRITE = "write", "Write"
    INGEST = "ingest", "Send customer data"
    ADMIN = "admin", "Administer"
