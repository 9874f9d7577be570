-- What matching sessions with time entries needs, and where a ticket came from.
ALTER TABLE mirror_session ADD COLUMN technician_email TEXT;
-- The ticket that the session was opened from.
ALTER TABLE mirror_session ADD COLUMN ticket_id TEXT;
-- The time entry that the vendor made of it.
ALTER TABLE mirror_session ADD COLUMN entry_id TEXT;
ALTER TABLE mirror_time_entry ADD COLUMN technician_email TEXT;
ALTER TABLE mirror_ticket ADD COLUMN source TEXT;

-- 1: made of a remote session that no time entry covers; it exists at no vendor.
ALTER TABLE mirror_time_entry ADD COLUMN is_derived INTEGER NOT NULL DEFAULT 0;
-- By which technicians of two systems are matched.
ALTER TABLE name ADD COLUMN email TEXT;
CREATE INDEX mirror_session_technician ON mirror_session (connection, technician_id, started_at);

-- Technicians and periods whose sessions must be compared with their time again.
CREATE TABLE session_dirty (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  connection TEXT NOT NULL,
  technician_id TEXT NOT NULL,
  from_at TEXT NOT NULL,
  to_at TEXT NOT NULL,
  -- 1: only the rules changed; what is debited already stays as it is.
  is_rule INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Session time that no time entry covers, of each client's day, and what became of it.
CREATE TABLE unlogged (
  connection TEXT NOT NULL,
  -- That of the time entry made of it, if it is debited.
  source_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  -- Whoever it is in all systems, and in the one that recorded the session.
  person TEXT NOT NULL,
  technician_id TEXT NOT NULL,
  technician TEXT NOT NULL,
  vendor_client_id TEXT NOT NULL,
  worked_on TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  -- Without the gaps between sessions.
  seconds INTEGER NOT NULL,
  device TEXT,
  ticket_id TEXT,
  action TEXT NOT NULL CHECK (action IN ('report', 'propose', 'debit')),
  work_type TEXT,
  -- Until then the technician may log it.
  due_at TEXT NOT NULL,
  -- Key of the message that proposes it; 'debited': a time entry was made of it.
  done TEXT,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX unlogged_technician ON unlogged (connection, technician_id, worked_on);
CREATE INDEX unlogged_client ON unlogged (client_id, worked_on);
CREATE INDEX unlogged_due ON unlogged (action, due_at) WHERE done IS NULL;
CREATE INDEX unlogged_done ON unlogged (done) WHERE done IS NOT NULL;

-- What observe mode withheld is proposed again in live mode.
CREATE INDEX push_message_withheld ON push_message (kind) WHERE status = 'withheld';

-- Time entries of one technician in two systems at the same time, found before the second was debited.
CREATE TABLE double_count (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  other_connection TEXT NOT NULL,
  other_source_id TEXT NOT NULL,
  -- 1: a user decided that both count.
  is_accepted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (connection, source_id, other_connection, other_source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX double_count_other ON double_count (other_connection, other_source_id);

INSERT INTO name (connection, kind, source_id, name, name_first, seen_at, is_gone)
SELECT connection, 'technician', technician_id, max(technician), max(technician), max(ended_at), 0
FROM mirror_session WHERE true GROUP BY connection, technician_id ON CONFLICT DO NOTHING;
INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
SELECT connection, technician_id, started_at, ended_at FROM mirror_session;

CREATE TRIGGER session_added AFTER INSERT ON mirror_session BEGIN
  INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
  VALUES (new.connection, new.technician_id, new.started_at, new.ended_at);
END;
CREATE TRIGGER session_changed AFTER UPDATE OF revision ON mirror_session BEGIN
  INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
  VALUES (old.connection, old.technician_id, old.started_at, old.ended_at),
    (new.connection, new.technician_id, new.started_at, new.ended_at);
END;
-- Without any session, time costs nothing more.
CREATE TRIGGER session_time_added AFTER INSERT ON mirror_time_entry
WHEN new.is_derived = 0 AND EXISTS (SELECT 1 FROM mirror_session) BEGIN
  INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
  VALUES (new.connection, new.technician_id, new.started_at, new.ended_at);
END;
CREATE TRIGGER session_time_changed AFTER UPDATE OF revision, deleted_at ON mirror_time_entry
WHEN new.is_derived = 0 AND EXISTS (SELECT 1 FROM mirror_session)
  -- A new note or name leaves what was compared as it is.
  AND (old.client_id IS NOT new.client_id OR old.ticket_id IS NOT new.ticket_id
    OR old.technician_id <> new.technician_id OR old.started_at <> new.started_at
    OR old.ended_at <> new.ended_at OR old.is_timed <> new.is_timed OR old.seconds <> new.seconds
    OR old.kind <> new.kind OR old.deleted_at IS NOT new.deleted_at) BEGIN
  INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
  VALUES (old.connection, old.technician_id, old.started_at, old.ended_at),
    (new.connection, new.technician_id, new.started_at, new.ended_at);
END;
-- Time whose client is only known by its ticket.
CREATE TRIGGER session_ticket_added AFTER INSERT ON mirror_ticket
WHEN EXISTS (SELECT 1 FROM mirror_session) BEGIN
  INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
  SELECT e.connection, e.technician_id, e.started_at, e.ended_at FROM mirror_time_entry e
  WHERE e.connection = new.connection AND e.ticket_id = new.source_id;
END;
CREATE TRIGGER session_ticket_moved AFTER UPDATE OF client_id, merged_into ON mirror_ticket
WHEN (old.client_id IS NOT new.client_id OR old.merged_into IS NOT new.merged_into)
  AND EXISTS (SELECT 1 FROM mirror_session) BEGIN
  INSERT INTO session_dirty (connection, technician_id, from_at, to_at)
  SELECT e.connection, e.technician_id, e.started_at, e.ended_at FROM mirror_time_entry e
  WHERE e.connection = new.connection AND e.ticket_id = new.source_id;
END;
