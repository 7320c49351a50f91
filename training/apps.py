"""Learning: briefs, walkthroughs and who has completed them."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
