-- ── Sessions to be compared with time again ─────────────────────────────────────────────────────

CREATE FUNCTION session_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'UPDATE' THEN
    INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
    VALUES (old.connection, old.technician_id, old.started_at, old.ended_at);
  END IF;
  INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
  VALUES (new.connection, new.technician_id, new.started_at, new.ended_at);
  RETURN NULL;
END $$;
CREATE TRIGGER session_added AFTER INSERT ON mirror_session FOR EACH ROW EXECUTE FUNCTION session_marked();
CREATE TRIGGER session_changed AFTER UPDATE OF revision ON mirror_session
FOR EACH ROW EXECUTE FUNCTION session_marked();

-- Without any session, time costs nothing more.
CREATE FUNCTION session_time_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.is_derived <> 0 OR NOT EXISTS (SELECT 1 FROM mirror_session) THEN RETURN NULL; END IF;
  IF tg_op = 'UPDATE' THEN
    -- A new note or name leaves what was compared as it is.
    IF (old.client_id, old.ticket_id, old.technician_id, old.started_at, old.ended_at, old.is_timed,
        old.seconds, old.kind, old.deleted_at) IS NOT DISTINCT FROM
      (new.client_id, new.ticket_id, new.technician_id, new.started_at, new.ended_at, new.is_timed,
        new.seconds, new.kind, new.deleted_at) THEN RETURN NULL;
    END IF;
    INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
    VALUES (old.connection, old.technician_id, old.started_at, old.ended_at);
  END IF;
  INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
  VALUES (new.connection, new.technician_id, new.started_at, new.ended_at);
  RETURN NULL;
END $$;
CREATE TRIGGER session_time_added AFTER INSERT ON mirror_time_entry
FOR EACH ROW EXECUTE FUNCTION session_time_marked();
CREATE TRIGGER session_time_changed AFTER UPDATE OF revision, deleted_at ON mirror_time_entry
FOR EACH ROW EXECUTE FUNCTION session_time_marked();

-- Time whose client is only known by its ticket.
CREATE FUNCTION session_ticket_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'UPDATE' THEN
    IF (old.client_id, old.merged_into) IS NOT DISTINCT FROM (new.client_id, new.merged_into) THEN
      RETURN NULL;
    END IF;
  END IF;
  IF EXISTS (SELECT 1 FROM mirror_session) THEN
    INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
    SELECT e.connection, e.technician_id, e.started_at, e.ended_at FROM mirror_time_entry e
    WHERE e.connection = new.connection AND e.ticket_id = new.source_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER session_ticket_added AFTER INSERT ON mirror_ticket
FOR EACH ROW EXECUTE FUNCTION session_ticket_marked();
CREATE TRIGGER session_ticket_moved AFTER UPDATE OF client_id, merged_into ON mirror_ticket
FOR EACH ROW EXECUTE FUNCTION session_ticket_marked();
