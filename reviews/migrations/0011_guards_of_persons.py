"""The database counts people and mailboxes, not rows, and holds what the services hold of requirements, loans and reviews."""

import re
from importlib import import_module

from django.db import migrations

MAILBOX = """
CREATE FUNCTION reviews_mailbox(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    WITH cut AS (
        SELECT regexp_replace(lower(btrim(address)), '@[^@]*$', '') AS whole,
            substring(lower(btrim(address)) from '[^@]*$') AS host
    ), named AS (
        SELECT CASE WHEN strpos(whole, '+') > 1 THEN split_part(whole, '+', 1) ELSE whole END AS box,
            CASE WHEN host = 'googlemail.com' THEN 'gmail.com' ELSE host END AS host FROM cut
    )
    SELECT CASE WHEN host = 'gmail.com' THEN replace(box, '.', '') ELSE box END || '@' || host FROM named
$$;
COMMENT ON FUNCTION reviews_mailbox(text) IS
    'Whose mailbox an address reaches: one person has as many spellings of it as they like.';
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
        SELECT vote.voter_id AS voter_id, voter.username AS username, vote.function AS function, vote.verdict AS verdict,
            COALESCE(lent.user_id, vote.voter_id) AS holder_id
        FROM reviews_vote vote
        JOIN reviews_revision revision ON revision.id = vote.revision_id
        JOIN accounts_user voter ON voter.id = vote.voter_id AND voter.is_active
        LEFT JOIN reviews_seat lent ON lent.id = vote.seat_id
        LEFT JOIN reviews_delegation delegation ON delegation.id = vote.delegation_id
        WHERE vote.request_id = request AND revision.number = current_revision AND vote.digest = seen
            AND vote.voided_at IS NULL
            AND (vote.delegation_id IS NULL OR delegation.revoked_at IS NULL)
            AND NOT reviews_is_barred(request, vote.voter_id) AND NOT reviews_stands_aside(request, vote.voter_id)
    ), seated AS (
        SELECT given.voter_id, given.username, given.function, given.verdict, given.holder_id
        FROM given, asked
        WHERE EXISTS (
            SELECT 1 FROM reviews_seat seat JOIN accounts_user holder ON holder.id = seat.user_id AND holder.is_active
            WHERE seat.board_id = asked.board_id AND seat.user_id = given.holder_id
                AND seat.function = given.function AND seat.until IS NULL
        ) AND NOT reviews_is_barred(request, given.holder_id) AND NOT reviews_stands_aside(request, given.holder_id)
    ), named AS (
        SELECT given.voter_id, given.username, given.verdict FROM given, asked
        WHERE given.function = 'named' AND EXISTS (
            SELECT 1 FROM jsonb_array_elements(COALESCE(asked.policy->'people', '[]'::jsonb)) person
            WHERE asked.policy ? 'because' AND person->>'username' = given.username
        )
    ), counting AS (
        SELECT voter_id, username, verdict FROM seated UNION SELECT voter_id, username, verdict FROM named
    ), counted AS (
        SELECT function, least(count(DISTINCT holder_id), count(DISTINCT voter_id)) AS number
        FROM seated WHERE verdict = 'approve' GROUP BY function
    )
    SELECT (SELECT least(count(DISTINCT holder_id), count(DISTINCT voter_id)) FROM seated WHERE verdict = 'approve')
            >= (SELECT (policy->>'quorum')::integer FROM asked)
        AND NOT EXISTS (
            SELECT 1 FROM asked, jsonb_each_text(asked.policy->'required') required
            LEFT JOIN counted ON counted.function = required.key
            WHERE COALESCE(counted.number, 0) < required.value::integer
        )
        AND NOT EXISTS (
            SELECT 1 FROM asked, jsonb_array_elements(COALESCE(asked.policy->'people', '[]'::jsonb)) person
            WHERE asked.policy ? 'because' AND NOT EXISTS (
                SELECT 1 FROM counting
                WHERE counting.username = person->>'username' AND counting.verdict = 'approve'
            )
        )
        AND NOT EXISTS (
            SELECT 1 FROM counting, asked WHERE counting.verdict = 'request_changes'
                OR counting.verdict = 'reject' AND COALESCE(asked.policy->>'reject_on', 'any') = 'any'
        )
        AND (SELECT count(DISTINCT reviews_mailbox(invitation.email)) FROM reviews_invitation invitation
             WHERE invitation.request_id = request AND invitation.verdict = 'approve' AND invitation.digest = seen
                AND invitation.voided_at IS NULL AND invitation.revoked_at IS NULL)
            >= (SELECT COALESCE((policy->>'outsiders')::integer, 0) FROM asked)
$$;
"""

REQUIREMENT = """
CREATE FUNCTION reviews_requirement_covers(requirement jsonb, policy jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT reviews_policy_is_sound(requirement) AND CASE
        WHEN COALESCE((requirement->>'light')::boolean, false) THEN EXISTS (
            SELECT 1 FROM jsonb_array_elements(COALESCE(policy->'conditions', '[]'::jsonb)) item
            WHERE (item->'then'->>'light')::boolean
                AND (requirement->>'quorum')::integer >= COALESCE((item->'then'->>'quorum')::integer, 1)
        )
        ELSE (requirement->>'quorum')::integer >= (policy->>'quorum')::integer
            AND COALESCE((requirement->>'outsiders')::integer, 0) >= COALESCE((policy->>'outsiders')::integer, 0)
            AND NOT EXISTS (
                SELECT 1 FROM jsonb_each_text(policy->'required') asked
                WHERE COALESCE((requirement->'required'->>asked.key)::integer, 0) < asked.value::integer
            )
    END
$$;
COMMENT ON FUNCTION reviews_requirement_covers(jsonb, jsonb) IS
    'Whether a request needs no less than its board asks for, or the lighter path that the board itself has opened.';

CREATE FUNCTION reviews_policy_shown(board bigint, seen text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT COALESCE(
        (SELECT policy FROM reviews_board WHERE id = board AND policy_version = impact.policy_version),
        (SELECT policy FROM reviews_historicalboard
         WHERE id = board AND policy_version = impact.policy_version ORDER BY history_id DESC LIMIT 1)
    ) FROM reviews_impact impact WHERE impact.signed = seen
$$;
COMMENT ON FUNCTION reviews_policy_shown(bigint, text) IS
    'The policy in the version that voters are shown; where the board has another by now, the next vote renews it.';

CREATE FUNCTION reviews_guard_requirement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'in_review' AND (OLD.state <> 'in_review' OR NEW.revision <> OLD.revision) AND NOT COALESCE(
        reviews_requirement_covers(NEW.requirement, reviews_policy_shown(NEW.board_id, NEW.digest)), false
    ) THEN
        RAISE EXCEPTION 'Request % needs no less than its board asks for.', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.is_emergency AND NOT OLD.is_emergency AND NOT (
        NEW.state = 'applied' AND reviews_emergency_allows(NEW.id, OLD.state, NEW.state, NEW.digest)
    ) THEN
        RAISE EXCEPTION 'Only a change that passed its board was an emergency.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_request_requirement BEFORE UPDATE ON reviews_changerequest
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_requirement();
COMMENT ON TRIGGER reviews_request_requirement ON reviews_changerequest IS
    'Without it a request could be put before its board with a requirement that nobody on the board ever set.';
"""

REVISION = """
CREATE FUNCTION reviews_guard_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.editor_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM reviews_revision before
        WHERE before.request_id = NEW.request_id AND before.number = NEW.number - 1
            AND (before.proposed, before.rationale, before.expected, before.title, before.statement)
                = (NEW.proposed, NEW.rationale, NEW.expected, NEW.title, NEW.statement)
            AND (before.base_version, before.base_content, before.effective_at)
                IS NOT DISTINCT FROM (NEW.base_version, NEW.base_content, NEW.effective_at)
    ) THEN
        RAISE EXCEPTION 'Another wording is somebody''s; name who wrote it.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_revision_writer BEFORE INSERT ON reviews_revision
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_writer();
COMMENT ON TRIGGER reviews_revision_writer ON reviews_revision IS
    'Without it somebody could word a request without having touched it, and then vote on it.';
"""

LOANS = """
CREATE FUNCTION reviews_guard_loan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    holder bigint;
BEGIN
    SELECT user_id INTO holder FROM reviews_seat WHERE id = NEW.seat_id AND until IS NULL FOR UPDATE;
    IF NOT FOUND OR NEW.granted_by_id <> holder AND NOT EXISTS (
        SELECT 1 FROM accounts_rolegrant
        WHERE user_id = NEW.granted_by_id AND role = 'administrator' AND branch = ''
    ) THEN
        RAISE EXCEPTION 'A seat is lent by whoever holds it, or by an administrator.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.ends_at - NEW.starts_at > interval '92 days' THEN
        RAISE EXCEPTION 'A seat is lent for 92 days at most.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM reviews_delegation other WHERE other.seat_id = NEW.seat_id AND other.revoked_at IS NULL
            AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at
    ) THEN
        RAISE EXCEPTION 'A seat is lent to one person at a time.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_delegation_loan BEFORE INSERT ON reviews_delegation
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_loan();
COMMENT ON TRIGGER reviews_delegation_loan ON reviews_delegation IS
    'Without it whoever borrows a seat could lend it on, and nobody could tell whose vote it is.';

CREATE FUNCTION reviews_guard_declarer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.declared_by_id <> NEW.person_id AND reviews_is_barred(NEW.request_id, NEW.declared_by_id) THEN
        RAISE EXCEPTION 'Whoever wrote or edited a request does not choose who decides on it.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_declaration_declarer BEFORE INSERT ON reviews_declaration
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_declarer();
"""

OUTSIDERS = """
CREATE OR REPLACE FUNCTION reviews_guard_invitation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    request_row reviews_changerequest%ROWTYPE;
    closing text[] := ARRAY['answered_at', 'verdict', 'reason', 'digest', 'revision_id', 'voided_at', 'revoked_at'];
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
    IF OLD.mailed_at IS NULL THEN
        closing := closing || ARRAY['mailed_at'];
    END IF;
    IF (to_jsonb(NEW) - closing) IS DISTINCT FROM (to_jsonb(OLD) - closing)
       OR OLD.voided_at IS NOT NULL OR (OLD.revoked_at IS NOT NULL AND NEW.answered_at IS DISTINCT FROM OLD.answered_at)
       OR (OLD.answered_at IS NOT NULL
           AND (to_jsonb(NEW) - 'voided_at') IS DISTINCT FROM (to_jsonb(OLD) - 'voided_at')) THEN
        RAISE EXCEPTION 'An invitation is answered once, and its answer stays.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL THEN
        SELECT * INTO request_row FROM reviews_changerequest WHERE id = NEW.request_id FOR SHARE;
        IF request_row.state <> 'in_review' OR NEW.digest <> request_row.digest OR NEW.digest <> NEW.asked_digest
           OR NEW.answered_at >= NEW.expires_at
           OR NOT EXISTS (SELECT 1 FROM reviews_revision WHERE id = NEW.revision_id
                          AND request_id = NEW.request_id AND number = request_row.revision) THEN
            RAISE EXCEPTION 'An outsider answers in time, about the revision that they were asked about, with its digest.'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION reviews_guard_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    request_row reviews_changerequest%ROWTYPE;
BEGIN
    SELECT * INTO request_row FROM reviews_changerequest WHERE id = NEW.request_id FOR SHARE;
    IF request_row.state <> 'in_review' OR NEW.asked_digest <> request_row.digest THEN
        RAISE EXCEPTION 'People from outside are asked about what is before the board.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF reviews_stands_aside(NEW.request_id, NEW.invited_by_id) OR NOT EXISTS (
        SELECT 1 FROM reviews_seat seat JOIN accounts_user person ON person.id = seat.user_id AND person.is_active
        WHERE seat.board_id = request_row.board_id AND seat.user_id = NEW.invited_by_id AND seat.until IS NULL
    ) THEN
        RAISE EXCEPTION 'Members of the board that decides ask people from outside.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM accounts_user
        WHERE email <> '' AND reviews_mailbox(email) = reviews_mailbox(NEW.email)
    ) THEN
        RAISE EXCEPTION 'Whoever has an account here is not from outside.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM reviews_invitation other
        WHERE other.request_id = NEW.request_id AND other.revoked_at IS NULL AND other.voided_at IS NULL
            AND reviews_mailbox(other.email) = reviews_mailbox(NEW.email)
            AND (other.digest = NEW.asked_digest
                 OR other.answered_at IS NULL AND other.asked_digest = NEW.asked_digest
                    AND other.expires_at > NEW.invited_at)
    ) THEN
        RAISE EXCEPTION 'One mailbox gives one answer.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_invitation_asked BEFORE INSERT ON reviews_invitation
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_asked();
COMMENT ON TRIGGER reviews_invitation_asked ON reviews_invitation IS
    'Without it a member could ask themselves, or one person twice, and count as people from outside.';
"""

REVIEWED = """
CREATE FUNCTION reviews_guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.retro_state <> 'none' OR NEW.armed_until - NEW.armed_at > interval '1 hour' THEN
            RAISE EXCEPTION 'The glass is armed for minutes, and owes no review before it is broken.'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.used_at IS NULL AND NEW.used_at IS NOT NULL AND NEW.retro_state <> 'owed'
       OR NEW.used_at IS NULL AND NEW.retro_state <> 'none'
       OR NEW.armed_until - NEW.armed_at > interval '1 hour' THEN
        RAISE EXCEPTION 'Broken glass owes a review.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.retro_state = 'held' AND (
        OLD.retro_state <> 'owed' OR reviews_is_barred(NEW.request_id, NEW.retro_by_id)
        OR reviews_stands_aside(NEW.request_id, NEW.retro_by_id) OR NOT EXISTS (
            SELECT 1 FROM accounts_user person WHERE person.id = NEW.retro_by_id AND person.is_active AND (
                EXISTS (SELECT 1 FROM reviews_seat WHERE user_id = person.id AND until IS NULL)
                OR EXISTS (SELECT 1 FROM accounts_rolegrant WHERE user_id = person.id AND role = 'administrator'))
        )
    ) THEN
        RAISE EXCEPTION 'The review is held by a member of a board who had no hand in the change.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_emergency_review BEFORE INSERT OR UPDATE ON reviews_emergency
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_review();
COMMENT ON TRIGGER reviews_emergency_review ON reviews_emergency IS
    'Without it a review could be written down as held by nobody, or by whoever broke the glass.';
"""


_BEFORE = import_module("reviews.migrations.0005_guards")


def _invitations_before() -> str:
    """How the earlier guards looked at invitations."""
    found = re.search(r"CREATE (FUNCTION reviews_guard_invitation\(.*?\nEND \$\$;)", _BEFORE.AROUND, re.DOTALL)
    return f"CREATE OR REPLACE {found.group(1)}\n" if found else ""


def _dropped(*parts: str) -> str:
    """What undoes these statements: their triggers first, then their functions."""
    made = "".join(parts)
    triggers = re.findall(r"CREATE TRIGGER (\w+) .*? ON (\w+)\n", made)
    functions = re.findall(r"CREATE FUNCTION (\w+)\(([^)]*)\)", made)
    kinds = {name: ", ".join(part.split()[-1] for part in given.split(",") if part) for name, given in functions}
    return "".join(f"DROP TRIGGER {name} ON {table};\n" for name, table in triggers) + "".join(
        f"DROP FUNCTION {name}({given});\n" for name, given in kinds.items()
    )


class Migration(migrations.Migration):
    dependencies = [("reviews", "0010_one_standing_vote"), ("accounts", "__first__")]

    operations = [
        migrations.RunSQL(MAILBOX + SUFFICE, _BEFORE.SUFFICE + _dropped(MAILBOX)),
        migrations.RunSQL(
            REQUIREMENT + REVISION + LOANS + OUTSIDERS + REVIEWED,
            _dropped(REQUIREMENT, REVISION, LOANS, OUTSIDERS, REVIEWED) + _invitations_before(),
        ),
    ]
