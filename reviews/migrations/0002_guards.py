"""The database's own guards of consent: legal moves, four eyes, votes and decided requests that stay as they are."""

from django.db import migrations

POLICY = """
CREATE FUNCTION reviews_policy_is_sound(policy jsonb) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    quorum numeric;
    owed numeric;
    least numeric;
BEGIN
    IF jsonb_typeof(policy->'quorum') IS DISTINCT FROM 'number'
       OR jsonb_typeof(policy->'required') IS DISTINCT FROM 'object'
       OR jsonb_typeof(policy->'expires_days') IS DISTINCT FROM 'number'
       OR COALESCE(policy->>'reject_on', '') NOT IN ('any', 'impossible') THEN
        RETURN false;
    END IF;
    quorum := (policy->>'quorum')::numeric;
    SELECT COALESCE(sum(value::numeric), 0), COALESCE(min(value::numeric), 1) INTO owed, least
        FROM jsonb_each_text(policy->'required');
    RETURN quorum >= 1 AND quorum = floor(quorum) AND least >= 1 AND quorum >= owed
        AND (policy->>'expires_days')::numeric >= 1;
EXCEPTION WHEN OTHERS THEN
    RETURN false;
END $$;
ALTER TABLE reviews_board ADD CONSTRAINT board_policy_is_sound CHECK (reviews_policy_is_sound(policy));
COMMENT ON CONSTRAINT board_policy_is_sound ON reviews_board IS
    'Without it a quorum of 0 would approve every request by itself.';

CREATE FUNCTION reviews_guard_board() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A board is never deleted; take its branches away instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.key IS DISTINCT FROM OLD.key THEN
        RAISE EXCEPTION 'The key of a board never changes.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_board_guard BEFORE UPDATE OR DELETE ON reviews_board
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_board();

CREATE FUNCTION reviews_guard_seat() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A seat is never deleted; end it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - 'until') IS DISTINCT FROM (to_jsonb(OLD) - 'until') OR OLD.until IS NOT NULL THEN
        RAISE EXCEPTION 'A seat keeps its person, board and function; end it and open another.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_seat_guard BEFORE UPDATE OR DELETE ON reviews_seat
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_seat();
COMMENT ON TRIGGER reviews_seat_guard ON reviews_seat IS
    'Without it the question "by what right did this person vote" could lose its answer.';
"""

MOVES = """
CREATE FUNCTION reviews_move_is_legal(here text, there text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (here, there) IN (
        ('draft', 'in_review'), ('draft', 'withdrawn'),
        ('in_review', 'approved'), ('in_review', 'rejected'), ('in_review', 'changes_requested'),
        ('in_review', 'withdrawn'), ('in_review', 'stale'), ('in_review', 'expired'),
        ('changes_requested', 'in_review'), ('changes_requested', 'draft'), ('changes_requested', 'withdrawn'),
        ('approved', 'in_review'), ('approved', 'applied'), ('approved', 'withdrawn'), ('approved', 'stale'),
        ('stale', 'draft'), ('stale', 'withdrawn')
    )
$$;

CREATE FUNCTION reviews_votes_suffice(request bigint, current_revision integer, seen text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    WITH counted AS (
        SELECT vote.function AS function, count(DISTINCT vote.voter_id) AS number
        FROM reviews_vote vote
        JOIN reviews_revision revision ON revision.id = vote.revision_id
        JOIN reviews_changerequest request_row ON request_row.id = vote.request_id
        JOIN reviews_seat seat ON seat.board_id = request_row.board_id AND seat.user_id = vote.voter_id
            AND seat.function = vote.function AND seat.until IS NULL
        WHERE vote.request_id = request AND revision.number = current_revision AND vote.digest = seen
            AND vote.verdict = 'approve' AND vote.voided_at IS NULL
        GROUP BY vote.function
    ), policy AS (
        SELECT board.policy AS policy FROM reviews_changerequest request_row
        JOIN reviews_board board ON board.id = request_row.board_id WHERE request_row.id = request
    )
    SELECT COALESCE((SELECT sum(number) FROM counted), 0) >= (SELECT (policy->>'quorum')::integer FROM policy)
        AND NOT EXISTS (
            SELECT 1 FROM policy, jsonb_each_text(policy.policy->'required') required
            LEFT JOIN counted ON counted.function = required.key
            WHERE COALESCE(counted.number, 0) < required.value::integer
        )
$$;

CREATE FUNCTION reviews_guard_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A request is never deleted; withdraw it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' OR NEW.revision <> 1 THEN
            RAISE EXCEPTION 'A request begins as a draft.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state IN ('applied', 'rejected', 'withdrawn', 'expired') THEN
        RAISE EXCEPTION 'Request % is decided and never changes.', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT reviews_move_is_legal(OLD.state, NEW.state) THEN
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
    IF NEW.revision < OLD.revision OR NEW.revision > OLD.revision + 1 OR NOT EXISTS (
        SELECT 1 FROM reviews_revision revision
        WHERE revision.request_id = NEW.id AND revision.number = NEW.revision
            AND (revision.proposed, revision.rationale, revision.expected, revision.title)
                = (NEW.proposed, NEW.rationale, NEW.expected, NEW.title)
            AND (revision.base_version, revision.base_content, revision.effective_at)
                IS NOT DISTINCT FROM (NEW.base_version, NEW.base_content, NEW.effective_at)
    ) THEN
        RAISE EXCEPTION 'The content of a request changes only by a new revision.' USING ERRCODE = 'restrict_violation';
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
CREATE TRIGGER reviews_request_guard BEFORE INSERT OR UPDATE OR DELETE ON reviews_changerequest
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_request();
COMMENT ON TRIGGER reviews_request_guard ON reviews_changerequest IS
    'Without it a request could be approved, applied or rewritten past the board by whoever reaches the table.';
"""

RECORDS = """
CREATE FUNCTION reviews_guard_revision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    request_row reviews_changerequest%ROWTYPE;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'A revision is never changed and never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO request_row FROM reviews_changerequest WHERE id = NEW.request_id FOR SHARE;
    IF request_row.state IN ('applied', 'rejected', 'withdrawn', 'expired') THEN
        RAISE EXCEPTION 'Request % is decided and never changes.', NEW.request_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_revision_guard BEFORE INSERT OR UPDATE OR DELETE ON reviews_revision
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_revision();
COMMENT ON TRIGGER reviews_revision_guard ON reviews_revision IS
    'Without it the text that a board voted on, or who wrote it, could be exchanged afterwards.';

CREATE FUNCTION reviews_guard_vote() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.voter_id = request_row.author_id OR EXISTS (
        SELECT 1 FROM reviews_revision WHERE request_id = NEW.request_id AND editor_id = NEW.voter_id
    ) THEN
        RAISE EXCEPTION 'Whoever wrote or edited a request does not vote on it.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM reviews_seat seat JOIN accounts_user person ON person.id = seat.user_id
        WHERE seat.board_id = request_row.board_id AND seat.user_id = NEW.voter_id
            AND seat.function = NEW.function AND seat.until IS NULL AND person.is_active
    ) THEN
        RAISE EXCEPTION 'A vote needs a seat, held now, in the board that decides.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.voided_at IS NOT NULL THEN
        RAISE EXCEPTION 'A vote is not born void.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_vote_guard BEFORE INSERT OR UPDATE OR DELETE ON reviews_vote
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_vote();
COMMENT ON TRIGGER reviews_vote_guard ON reviews_vote IS
    'Without it authors could approve their own changes and votes could be rewritten, past every page.';

CREATE FUNCTION reviews_guard_impact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'samples') IS DISTINCT FROM (to_jsonb(OLD) - 'samples') THEN
        RAISE EXCEPTION 'An impact record stays as it was shown.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_impact_guard BEFORE UPDATE OR DELETE ON reviews_impact
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_impact();

CREATE FUNCTION reviews_guard_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A comment is never changed and never deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER reviews_comment_guard BEFORE UPDATE OR DELETE ON reviews_comment
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_comment();
"""

BACKWARD = """
DROP TRIGGER reviews_comment_guard ON reviews_comment;
DROP FUNCTION reviews_guard_comment();
DROP TRIGGER reviews_impact_guard ON reviews_impact;
DROP FUNCTION reviews_guard_impact();
DROP TRIGGER reviews_vote_guard ON reviews_vote;
DROP FUNCTION reviews_guard_vote();
DROP TRIGGER reviews_revision_guard ON reviews_revision;
DROP FUNCTION reviews_guard_revision();
DROP TRIGGER reviews_request_guard ON reviews_changerequest;
DROP FUNCTION reviews_guard_request();
DROP FUNCTION reviews_votes_suffice(bigint, integer, text);
DROP FUNCTION reviews_move_is_legal(text, text);
DROP TRIGGER reviews_seat_guard ON reviews_seat;
DROP FUNCTION reviews_guard_seat();
DROP TRIGGER reviews_board_guard ON reviews_board;
DROP FUNCTION reviews_guard_board();
ALTER TABLE reviews_board DROP CONSTRAINT board_policy_is_sound;
DROP FUNCTION reviews_policy_is_sound(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial")]

    operations = [migrations.RunSQL(POLICY + MOVES + RECORDS, BACKWARD)]
