"""Links from outside are bound to what they were sent about; impact records get a nonce; reviews that were held a holder."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0008_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="impact",
            name="nonce",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Without it somebody who may not read a small count could try all of them against the digest.",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="impact",
            name="digest",
            field=models.CharField(
                help_text="Of the record and its nonce; of the record alone where it has none.", max_length=64
            ),
        ),
        # Whoever invited somebody could read their link before it was bound to a wording: such links lead nowhere now.
        migrations.AddField(
            model_name="invitation",
            name="asked_digest",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of the request as it was when they were asked.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="mailed_at",
            field=models.DateTimeField(blank=True, help_text="When the mail server took the link.", null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replacement",
                to="reviews.invitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergency",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("retro_at__isnull", False),
                        ("retro_by__isnull", False),
                        ("retro_state", "held"),
                        ("retro_verdict__in", ["confirmed", "not_confirmed"]),
                    ),
                    models.Q(
                        models.Q(("retro_state", "held"), _negated=True),
                        ("retro_at__isnull", True),
                        ("retro_by__isnull", True),
                        ("retro_verdict", ""),
                    ),
                    _connector="OR",
                ),
                name="emergency_held_by_somebody",
            ),
        ),
    ]
