"""The database's guards of votes: seats lent, people named, outsiders, those who stand aside, and the way past the board."""

import re
from importlib import import_module

from django.db import migrations

BARRED = """
CREATE FUNCTION reviews_is_barred(request bigint, person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM reviews_changerequest WHERE id = request AND author_id = person)
        OR EXISTS (SELECT 1 FROM reviews_revision WHERE request_id = request AND person IN (editor_id, suggested_by_id))
        OR EXISTS (SELECT 1 FROM reviews_suggestion
                   WHERE request_id = request AND author_id = person AND state = 'taken')
$$;
COMMENT ON FUNCTION reviews_is_barred(bigint, bigint) IS
    'Whoever wrote, edited or worded a part of a request; they never vote on it.';

CREATE FUNCTION reviews_stands_aside(request bigint, person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM reviews_declaration
                   WHERE request_id = request AND person_id = person AND withdrawn_at IS NULL)
$$;
"""

SUFFICE = """
CREATE OR REPLACE FUNCTION reviews_votes_suffice(request bigint, current_revision integer, seen text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    WITH asked AS (
        SELECT request_row.board_id AS board_id,
            CASE WHEN request_row.requirement = '{}'::jsonb THEN board.policy ELSE request_row.requirement END AS policy
        FROM reviews_changerequest request_row
        JOIN reviews_board board ON board.id = request_row.board_id WHERE request_row.id = request
    ), given AS (
        SELECT vote.voter_id AS voter_id, voter.username AS username, vote.function AS function,
            COALESCE(lent.user_id, vote.voter_id) AS holder_id
        FROM reviews_vote vote
        JOIN reviews_revision revision ON revision.id = vote.revision_id
        JOIN accounts_user voter ON voter.id = vote.voter_id AND voter.is_active
        LEFT JOIN reviews_seat lent ON lent.id = vote.seat_id
        LEFT JOIN reviews_delegation delegation ON delegation.id = vote.delegation_id
        WHERE vote.request_id = request AND revision.number = current_revision AND vote.digest = seen
            AND vote.verdict = 'approve' AND vote.voided_at IS NULL
            AND (vote.delegation_id IS NULL OR delegation.revoked_at IS NULL)
            AND NOT reviews_is_barred(request, vote.voter_id) AND NOT reviews_stands_aside(request, vote.voter_id)
    ), seated AS (
        SELECT given.voter_id, given.username, given.function, given.holder_id
        FROM given, asked
        WHERE EXISTS (
            SELECT 1 FROM reviews_seat seat JOIN accounts_user holder ON holder.id = seat.user_id AND holder.is_active
            WHERE seat.board_id = asked.board_id AND seat.user_id = given.holder_id
                AND seat.function = given.function AND seat.until IS NULL
        ) AND NOT reviews_is_barred(request, given.holder_id) AND NOT reviews_stands_aside(request, given.holder_id)
    ), counted AS (
        SELECT function, count(DISTINCT holder_id) AS number FROM seated GROUP BY function
    )
    SELECT COALESCE((SELECT sum(number) FROM counted), 0) >= (SELECT (policy->>'quorum')::integer FROM asked)
        AND NOT EXISTS (
            SELECT 1 FROM asked, jsonb_each_text(asked.policy->'required') required
            LEFT JOIN counted ON counted.function = required.key
            WHERE COALESCE(counted.number, 0) < required.value::integer
        )
        AND NOT EXISTS (
            SELECT 1 FROM asked, jsonb_array_elements(COALESCE(asked.policy->'people', '[]'::jsonb)) named
            WHERE asked.policy ? 'because' AND NOT EXISTS (
                SELECT 1 FROM given WHERE given.username = named->>'username'
                    AND (given.function = 'named' OR given.voter_id IN (SELECT voter_id FROM seated))
            )
        )
        AND (SELECT count(*) FROM reviews_invitation invitation
             WHERE invitation.request_id = request AND invitation.verdict = 'approve' AND invitation.digest = seen
                AND invitation.voided_at IS NULL AND invitation.revoked_at IS NULL)
            >= (SELECT COALESCE((policy->>'outsiders')::integer, 0) FROM asked)
$$;
"""

REQUEST = """
CREATE FUNCTION reviews_emergency_allows(request bigint, here text, there text, seen text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT there = 'applied' AND here IN ('draft', 'in_review', 'changes_requested', 'approved') AND EXISTS (
        SELECT 1 FROM reviews_emergency
        WHERE request_id = request AND digest = seen AND used_at BETWEEN armed_at AND armed_until
            AND retro_state <> 'none'
    )
$$;
COMMENT ON FUNCTION reviews_emergency_allows(bigint, text, text, text) IS
    'The one way past the board: broken glass, used in time on this very wording, and a review owed for it.';

CREATE OR REPLACE FUNCTION reviews_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A request is never deleted; withdraw it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.revision <> 1 OR NEW.is_emergency THEN
            RAISE EXCEPTION 'A request begins as a draft.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('applied', 'rejected', 'withdrawn', 'expired') THEN
        RAISE EXCEPTION 'Request % is decided and never changes.', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT reviews_move_is_legal(OLD.state, NEW.state)
       AND NOT (NEW.is_emergency AND reviews_emergency_allows(NEW.id, OLD.state, NEW.state, NEW.digest)) THEN
        RAISE EXCEPTION 'A request cannot go from % to %.', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.kind, NEW.subject_type, NEW.subject_key, NEW.author_id, NEW.created_at, NEW.correlation_id)
       IS DISTINCT FROM
       (OLD.id, OLD.kind, OLD.subject_type, OLD.subject_key, OLD.author_id, OLD.created_at, OLD.correlation_id) THEN
        RAISE EXCEPTION 'A request keeps its kind, subject and author.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.board_id <> OLD.board_id AND NEW.revision = OLD.revision
       AND OLD.state NOT IN ('draft', 'changes_requested') THEN
        RAISE EXCEPTION 'A request in review stays with its board.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.requirement IS DISTINCT FROM OLD.requirement AND NEW.revision = OLD.revision
       AND OLD.state NOT IN ('draft', 'changes_requested') THEN
        RAISE EXCEPTION 'What a request in review needs changes only with a new revision.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.revision < OLD.revision OR NEW.revision > OLD.revision + 1 OR NOT EXISTS (
        SELECT 1 FROM reviews_revision revision
        WHERE revision.request_id = NEW.id AND revision.number = NEW.revision
            AND (revision.proposed, revision.rationale, revision.expected, revision.title, revision.statement)
                = (NEW.proposed, NEW.rationale, NEW.expected, NEW.title, NEW.statement)
            AND (revision.base_version, revision.base_content, revision.effective_at)
                IS NOT DISTINCT FROM (NEW.base_version, NEW.base_content, NEW.effective_at)
    ) THEN
        RAISE EXCEPTION 'The content of a request changes only by a new revision.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('in_review', 'approved') AND NEW.requirement <> '{}'::jsonb AND NOT EXISTS (
        SELECT 1 FROM reviews_impact impact JOIN reviews_revision revision ON revision.id = impact.revision_id
        WHERE impact.request_id = NEW.id AND revision.number = NEW.revision AND impact.signed = NEW.digest
            AND impact.policy = NEW.requirement
    ) THEN
        RAISE EXCEPTION 'What request % needs is what was put before its board.', NEW.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'approved' AND OLD.state <> 'approved'
       AND NOT reviews_votes_suffice(NEW.id, NEW.revision, NEW.digest) THEN
        RAISE EXCEPTION 'The votes on request % do not suffice.', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state IN ('approved', 'applied') AND OLD.state = 'approved' AND NEW.digest <> OLD.digest THEN
        RAISE EXCEPTION 'What was approved stays what it was.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

VOTE = """
CREATE FUNCTION reviews_check_right(request_row reviews_changerequest, vote reviews_vote) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    seat_row reviews_seat%ROWTYPE;
BEGIN
    IF vote.function = 'named' THEN
        IF vote.seat_id IS NOT NULL OR vote.delegation_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(COALESCE(request_row.requirement->'people', '[]'::jsonb)) named
            JOIN accounts_user person ON person.username = named->>'username' AND person.is_active
            WHERE person.id = vote.voter_id
        ) THEN
            RAISE EXCEPTION 'Only somebody whom the requirement names votes without a seat.'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END IF;
    SELECT seat.* INTO seat_row FROM reviews_seat seat JOIN accounts_user person ON person.id = seat.user_id
        WHERE seat.board_id = request_row.board_id AND seat.function = vote.function AND seat.until IS NULL
            AND person.is_active
            AND (seat.id = vote.seat_id OR (vote.seat_id IS NULL AND seat.user_id = vote.voter_id));
    IF NOT FOUND OR NOT EXISTS (SELECT 1 FROM accounts_user WHERE id = vote.voter_id AND is_active) THEN
        RAISE EXCEPTION 'A vote needs a seat, held now, in the board that decides.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF vote.delegation_id IS NULL AND seat_row.user_id <> vote.voter_id OR vote.delegation_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM reviews_delegation
        WHERE id = vote.delegation_id AND seat_id = seat_row.id AND delegate_id = vote.voter_id AND revoked_at IS NULL
            AND vote.cast_at >= starts_at AND vote.cast_at < ends_at
    ) THEN
        RAISE EXCEPTION 'A vote needs a seat of one''s own, or one that is lent to the voter now.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF reviews_is_barred(vote.request_id, seat_row.user_id) OR reviews_stands_aside(vote.request_id, seat_row.user_id) THEN
        RAISE EXCEPTION 'The seat is of somebody who may not decide here; nobody votes in their place.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM reviews_vote other JOIN reviews_seat seat ON seat.id = other.seat_id
        WHERE other.revision_id = vote.revision_id AND seat.user_id = seat_row.user_id
            AND other.voter_id <> vote.voter_id AND other.voided_at IS NULL
    ) THEN
        RAISE EXCEPTION 'A seat gives one vote, whoever casts it.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN seat_row.id;
END $$;

CREATE OR REPLACE FUNCTION reviews_guard_vote() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    request_row reviews_changerequest%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A vote is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.voided_at IS NOT NULL
           OR (to_jsonb(NEW) - 'voided_at' - 'void_reason') IS DISTINCT FROM (to_jsonb(OLD) - 'voided_at' - 'void_reason')
        THEN
            RAISE EXCEPTION 'A vote never changes; it can only be voided, once.' USING ERRCODE = 'restrict_violation';
        END IF;
        SELECT * INTO request_row FROM reviews_changerequest WHERE id = NEW.request_id;
        IF request_row.state IN ('applied', 'rejected', 'withdrawn', 'expired') THEN
            RAISE EXCEPTION 'Request % is decided; its votes stay.', NEW.request_id USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO request_row FROM reviews_changerequest WHERE id = NEW.request_id FOR SHARE;
    IF request_row.state <> 'in_review' THEN
        RAISE EXCEPTION 'Request % is not in review.', NEW.request_id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.digest <> request_row.digest OR NOT EXISTS (
        SELECT 1 FROM reviews_revision
        WHERE id = NEW.revision_id AND request_id = NEW.request_id AND number = request_row.revision
    ) THEN
        RAISE EXCEPTION 'A vote speaks of the current revision and carries its digest.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF reviews_is_barred(NEW.request_id, NEW.voter_id) THEN
        RAISE EXCEPTION 'Whoever wrote or edited a request does not vote on it.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF reviews_stands_aside(NEW.request_id, NEW.voter_id) THEN
        RAISE EXCEPTION 'Whoever stands aside from a request does not vote on it.' USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.seat_id := reviews_check_right(request_row, NEW);
    IF NEW.voided_at IS NOT NULL THEN
        RAISE EXCEPTION 'A vote is not born void.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

AROUND = """
CREATE FUNCTION reviews_refuse_when_decided(request bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM reviews_changerequest
        WHERE id = request AND state IN ('applied', 'rejected', 'withdrawn', 'expired') FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'Request % is decided and never changes.', request USING ERRCODE = 'restrict_violation';
    END IF;
END $$;

CREATE FUNCTION reviews_guard_delegation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A delegation is never deleted; revoke it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.revoked_at IS NOT NULL
           OR (to_jsonb(NEW) - 'revoked_at') IS DISTINCT FROM (to_jsonb(OLD) - 'revoked_at') THEN
            RAISE EXCEPTION 'A delegation never changes; it can only be revoked, once.'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.delegate_id = NEW.granted_by_id OR NEW.revoked_at IS NOT NULL
       OR EXISTS (SELECT 1 FROM reviews_seat WHERE id = NEW.seat_id AND user_id = NEW.delegate_id) THEN
        RAISE EXCEPTION 'Nobody lends a seat to themselves.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_delegation_guard BEFORE INSERT OR UPDATE OR DELETE ON reviews_delegation
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_delegation();
COMMENT ON TRIGGER reviews_delegation_guard ON reviews_delegation IS
    'Without it somebody could lend themselves the seat of another, or date it back.';

CREATE FUNCTION reviews_guard_declaration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A declaration is never deleted; withdraw it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM reviews_refuse_when_decided(NEW.request_id);
    IF TG_OP = 'UPDATE' AND (OLD.withdrawn_at IS NOT NULL
       OR (to_jsonb(NEW) - 'withdrawn_at') IS DISTINCT FROM (to_jsonb(OLD) - 'withdrawn_at')) THEN
        RAISE EXCEPTION 'A declaration never changes; it can only be withdrawn, once.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_declaration_guard BEFORE INSERT OR UPDATE OR DELETE ON reviews_declaration
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_declaration();

CREATE FUNCTION reviews_guard_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    request_row reviews_changerequest%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'An invitation is never deleted; revoke it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM reviews_refuse_when_decided(NEW.request_id);
    IF reviews_is_barred(NEW.request_id, NEW.invited_by_id) AND (TG_OP = 'INSERT' OR OLD.answered_at IS NULL
       AND NEW.answered_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Whoever wrote or edited a request asks no outsiders to decide on it.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.answered_at IS NOT NULL OR NEW.revoked_at IS NOT NULL THEN
            RAISE EXCEPTION 'An invitation is not born answered.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - ARRAY['answered_at', 'verdict', 'reason', 'digest', 'revision_id', 'voided_at', 'revoked_at'])
       IS DISTINCT FROM
       (to_jsonb(OLD) - ARRAY['answered_at', 'verdict', 'reason', 'digest', 'revision_id', 'voided_at', 'revoked_at'])
       OR OLD.voided_at IS NOT NULL OR (OLD.revoked_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at)
       OR (OLD.answered_at IS NOT NULL
           AND (to_jsonb(NEW) - 'voided_at') IS DISTINCT FROM (to_jsonb(OLD) - 'voided_at')) THEN
        RAISE EXCEPTION 'An invitation is answered once, and its answer stays.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL THEN
        SELECT * INTO request_row FROM reviews_changerequest WHERE id = NEW.request_id FOR SHARE;
        IF request_row.state <> 'in_review' OR NEW.digest <> request_row.digest OR NEW.answered_at >= NEW.expires_at
           OR NOT EXISTS (SELECT 1 FROM reviews_revision WHERE id = NEW.revision_id
                          AND request_id = NEW.request_id AND number = request_row.revision) THEN
            RAISE EXCEPTION 'An outsider answers in time, about the current revision, and with its digest.'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_invitation_guard BEFORE INSERT OR UPDATE OR DELETE ON reviews_invitation
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_invitation();

CREATE FUNCTION reviews_guard_suggestion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
       OR (to_jsonb(NEW) - ARRAY['state', 'closed_by_id', 'closed_at'])
          IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'closed_by_id', 'closed_at']) THEN
        RAISE EXCEPTION 'A suggestion never changes; it is closed once.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_suggestion_guard BEFORE UPDATE OR DELETE ON reviews_suggestion
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_suggestion();
COMMENT ON TRIGGER reviews_suggestion_guard ON reviews_suggestion IS
    'Without it whoever worded a part of a request could stop having done so, and vote.';

CREATE FUNCTION reviews_guard_emergency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A use of the way past the board is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.used_at IS NOT NULL THEN
            RAISE EXCEPTION 'The glass is armed first and broken afterwards.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.request_id <> OLD.request_id OR NEW.id <> OLD.id OR OLD.used_at IS NOT NULL AND (
        NEW.person_id, NEW.reason, NEW.digest, NEW.armed_at, NEW.armed_until, NEW.used_at, NEW.holds_until
    ) IS DISTINCT FROM (
        OLD.person_id, OLD.reason, OLD.digest, OLD.armed_at, OLD.armed_until, OLD.used_at, OLD.holds_until
    ) OR OLD.retro_state = 'held' OR OLD.used_at IS NOT NULL AND NEW.retro_state = 'none' THEN
        RAISE EXCEPTION 'What was done past the board stays on record, and so does its review.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_emergency_guard BEFORE INSERT OR UPDATE OR DELETE ON reviews_emergency
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_emergency();
COMMENT ON TRIGGER reviews_emergency_guard ON reviews_emergency IS
    'Without it a change could pass the board and leave no debt of a review behind.';
"""


def _earlier(name: str) -> str:
    """A function as the first guards defined it."""
    first = import_module("reviews.migrations.0002_guards")
    found = re.search(rf"CREATE (FUNCTION {name}\(.*?\n(?:END )?\$\$;)", first.MOVES + first.RECORDS, re.DOTALL)
    return "CREATE OR REPLACE " + found.group(1) + "\n" if found else ""


BACKWARD = "".join(
    [
        *(
            f"DROP TRIGGER reviews_{table}_guard ON reviews_{table};\nDROP FUNCTION reviews_guard_{table}();\n"
            for table in ("emergency", "suggestion", "invitation", "declaration", "delegation")
        ),
        "DROP FUNCTION reviews_refuse_when_decided(bigint);\n",
        _earlier("reviews_guard_vote"),
        _earlier("reviews_guard_request"),
        _earlier("reviews_votes_suffice"),
        "DROP FUNCTION reviews_check_right(reviews_changerequest, reviews_vote);\n",
        "DROP FUNCTION reviews_emergency_allows(bigint, text, text, text);\n",
        "DROP FUNCTION reviews_stands_aside(bigint, bigint);\n",
        "DROP FUNCTION reviews_is_barred(bigint, bigint);\n",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0004_boards_at_work"), ("accounts", "__first__")]

    operations = [migrations.RunSQL(BARRED + SUFFICE + REQUEST + VOTE + AROUND, BACKWARD)]
