"""One vote that stands per person, and per seat, on a revision; void ones stand in nobody's way.

The indexes are built beside the readers and writers of the table, and the old ones go only when the new ones stand. The
way back needs that nobody has voted after a void vote on the same revision.
"""

from django.db import migrations, models
from django.db.models import Q

PERSON, SEAT = "vote_one_per_person_and_revision", "vote_one_per_seat_and_revision"
# Votes from a lent seat that was taken back counted no longer, but stood in the way of its holder.
TAKEN_BACK = """
UPDATE reviews_vote vote SET voided_at = now(), void_reason = 'The seat that it was cast from was taken back.'
FROM reviews_delegation delegation, reviews_changerequest request
WHERE delegation.id = vote.delegation_id AND delegation.revoked_at IS NOT NULL AND vote.voided_at IS NULL
    AND request.id = vote.request_id AND request.state = 'in_review'
"""
FORWARD = [
    TAKEN_BACK,
    "DROP INDEX CONCURRENTLY IF EXISTS vote_one_person_standing",
    "CREATE UNIQUE INDEX CONCURRENTLY vote_one_person_standing ON reviews_vote (revision_id, voter_id) "
    "WHERE voided_at IS NULL",
    "DROP INDEX CONCURRENTLY IF EXISTS vote_one_seat_standing",
    "CREATE UNIQUE INDEX CONCURRENTLY vote_one_seat_standing ON reviews_vote (revision_id, seat_id) "
    "WHERE seat_id IS NOT NULL AND voided_at IS NULL",
    # All of it at once: stopped in between, this migration can begin again.
    f"ALTER TABLE reviews_vote DROP CONSTRAINT IF EXISTS {PERSON}; DROP INDEX IF EXISTS {PERSON}; "
    f"DROP INDEX IF EXISTS {SEAT}; ALTER INDEX vote_one_person_standing RENAME TO {PERSON}; "
    f"ALTER INDEX vote_one_seat_standing RENAME TO {SEAT}",
]
BACKWARD = [
    f"ALTER INDEX {PERSON} RENAME TO vote_one_person_standing",
    f"ALTER INDEX {SEAT} RENAME TO vote_one_seat_standing",
    f"CREATE UNIQUE INDEX CONCURRENTLY {PERSON} ON reviews_vote (revision_id, voter_id)",
    f"ALTER TABLE reviews_vote ADD CONSTRAINT {PERSON} UNIQUE USING INDEX {PERSON}",
    f"CREATE UNIQUE INDEX CONCURRENTLY {SEAT} ON reviews_vote (revision_id, seat_id) WHERE seat_id IS NOT NULL",
    "DROP INDEX CONCURRENTLY vote_one_person_standing",
    "DROP INDEX CONCURRENTLY vote_one_seat_standing",
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("reviews", "0009_links_and_salts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                # The statements of the way back run in their own order, not one by one the other way round.
                migrations.RunSQL(FORWARD, BACKWARD),
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="vote", name=PERSON),
                migrations.RemoveConstraint(model_name="vote", name=SEAT),
                migrations.AddConstraint(
                    model_name="vote",
                    constraint=models.UniqueConstraint(
                        condition=Q(("voided_at__isnull", True)), fields=("revision", "voter"), name=PERSON
                    ),
                ),
                migrations.AddConstraint(
                    model_name="vote",
                    constraint=models.UniqueConstraint(
                        condition=Q(("seat__isnull", False), ("voided_at__isnull", True)),
                        fields=("revision", "seat"),
                        name=SEAT,
                    ),
                ),
            ],
        ),
    ]
