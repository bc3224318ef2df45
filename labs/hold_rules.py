"""What the database itself keeps of a hold, whoever writes to the table."""

KEPT = """
CREATE FUNCTION result_holds_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending text[] := ARRAY['ended_at', 'ended_by_id', 'end', 'lift_reason'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'holds are never deleted' USING ERRCODE = 'check_violation';
    ELSIF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - ending <> to_jsonb(OLD) - ending THEN
        RAISE EXCEPTION 'holds are never edited' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER result_holds_are_kept BEFORE UPDATE OR DELETE ON labs_resulthold
    FOR EACH ROW EXECUTE FUNCTION result_holds_are_kept()
"""
"""An auditor reads who held what, why and for how long as it was written: a hold is ended once, and that is all."""
NOT_KEPT = """
DROP TRIGGER result_holds_are_kept ON labs_resulthold;
DROP FUNCTION result_holds_are_kept()
"""
