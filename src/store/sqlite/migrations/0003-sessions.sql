-- What matching sessions with time entries needs, and where a ticket came from.
ALTER TABLE mirror_session ADD COLUMN technician_email TEXT;
-- The ticket that the session was opened from.
ALTER TABLE mirror_session ADD COLUMN ticket_id TEXT;
-- The time entry that the vendor made of it.
ALTER TABLE mirror_session ADD COLUMN entry_id TEXT;
ALTER TABLE mirror_time_entry ADD COLUMN technician_email TEXT;
ALTER TABLE mirror_ticket ADD COLUMN source TEXT;
