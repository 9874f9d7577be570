-- The schema that SQLite's migrations 1 to 7 make; what each table and column holds is said there. The
-- dialect of the store's statements holds here, too: INTEGER has 64 bits, TEXT is compared byte by byte.

-- ── What SQLite has and PostgreSQL lacks ───────────────────────────────────────────────────────

CREATE FUNCTION iif(boolean, anycompatible, anycompatible) RETURNS anycompatible
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN $1 THEN $2 ELSE $3 END $$;

-- Of two values, not of many rows.
CREATE FUNCTION max(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE greatest($1, $2) END $$;
CREATE FUNCTION min(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE least($1, $2) END $$;

-- Only in the one format that all timestamps have.
CREATE FUNCTION strftime(format text, at text, modifier text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char((at::timestamptz AT TIME ZONE 'UTC') + modifier::interval, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

-- A member of a JSON text by key, path or position, as text; a flag as 0 or 1.
CREATE FUNCTION json_scalar_text(json) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE json_typeof($1) WHEN 'boolean' THEN iif($1::text = 'true', '1', '0') ELSE $1 #>> '{}' END $$;
CREATE FUNCTION json_at(text, text) RETURNS json LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN left($2, 2) = '$.' THEN $1::json #> string_to_array(substr($2, 3), '.') ELSE $1::json -> $2 END $$;
CREATE FUNCTION json_member(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT json_scalar_text(json_at($1, $2)) $$;
CREATE FUNCTION json_member(text, integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT json_scalar_text($1::json -> $2) $$;
CREATE OPERATOR ->> (LEFTARG = text, RIGHTARG = text, FUNCTION = json_member);
CREATE OPERATOR ->> (LEFTARG = text, RIGHTARG = integer, FUNCTION = json_member);

CREATE FUNCTION json_each(list text, OUT key text, OUT value text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE AS $$
  SELECT (place - 1)::text, json_scalar_text(element)
  FROM json_array_elements($1::json) WITH ORDINALITY AS elements (element, place) $$;
CREATE FUNCTION json_each(document text, path text, OUT key text, OUT value text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE AS $$ SELECT * FROM json_each(json_at($1, $2)::text) $$;
CREATE FUNCTION json_array_length(document text, path text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$ SELECT json_array_length(json_at($1, $2)) $$;

-- The facts of a charge from its revisions, as the program rebuilds them (sql/debit/charge-facts.ts).
CREATE FUNCTION rebuilt_facts(revisions text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  revision text;
  body text;
  lines text[];
  first int;
  last int;
  opened int;
  closed int;
  head text;
  tail text;
  parts text[] := '{}';
  own text[];
BEGIN
  FOREACH revision IN ARRAY string_to_array(revisions, chr(30)) LOOP
    first := split_part(revision, ' ', 1);
    last := split_part(revision, ' ', 2);
    body := substr(revision, length(first::text) + length(last::text) + 3);
    IF strpos(body, chr(10)) > 0 THEN
      lines := string_to_array(body, chr(10));
      head := lines[1];
      tail := lines[cardinality(lines)];
      own := ARRAY(SELECT regexp_replace(line, ',$', '')
        FROM unnest(lines[2:cardinality(lines) - 1]) WITH ORDINALITY AS u (line, place) ORDER BY place);
    ELSE
      opened := strpos(body, '"parts":[') + 9;
      closed := strpos(substr(body, opened), '],"rounding":{') + opened - 1;
      head := left(body, opened - 1);
      tail := substr(body, closed);
      own := ARRAY(SELECT element::text FROM json_array_elements(
        ('[' || substr(body, opened, closed - opened) || ']')::json) WITH ORDINALITY AS u (element, place)
        ORDER BY place);
    END IF;
    IF cardinality(parts) < first + last THEN
      RAISE EXCEPTION 'facts keep more parts than there were';
    END IF;
    parts := parts[1:first] || own || parts[cardinality(parts) - last + 1:];
  END LOOP;
  RETURN head || array_to_string(parts, ',') || tail;
END $$;

-- ── Tables ──────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE client (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  paid_by TEXT REFERENCES client (id) DEFERRABLE,
  created_at TEXT NOT NULL
);
CREATE INDEX client_paid_by ON client (paid_by) WHERE paid_by IS NOT NULL;

CREATE TABLE client_source (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  client_id TEXT NOT NULL REFERENCES client (id) DEFERRABLE,
  PRIMARY KEY (connection, source_id)
);

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  command TEXT NOT NULL,
  mode TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  result TEXT
);

CREATE TABLE step_health (
  step TEXT NOT NULL,
  connection TEXT NOT NULL,
  runs INTEGER NOT NULL,
  failed_runs INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  command TEXT NOT NULL,
  ran_at TEXT NOT NULL,
  error TEXT,
  first_ran_at TEXT NOT NULL,
  succeeded_at TEXT,
  PRIMARY KEY (step, connection)
);

CREATE TABLE notice (
  subject TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  fix TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  sent_at TEXT
);

CREATE TABLE connection_memory (
  connection TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (connection, key)
);

CREATE TABLE watermark (
  connection TEXT NOT NULL,
  stream TEXT NOT NULL,
  since TEXT,
  clients TEXT NOT NULL,
  pass_since TEXT,
  pass_started_at TEXT,
  pass_clients TEXT,
  pass_resume TEXT,
  PRIMARY KEY (connection, stream)
);

CREATE TABLE mirror_client (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  name TEXT NOT NULL,
  revision TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
);

CREATE TABLE mirror_ticket (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  number TEXT NOT NULL,
  client_id TEXT,
  summary TEXT NOT NULL,
  board TEXT,
  ticket_type TEXT,
  agreement TEXT,
  status TEXT NOT NULL,
  created_at TEXT,
  is_closed INTEGER NOT NULL,
  closed_at TEXT,
  merged_into TEXT,
  name_ids TEXT,
  updated_at TEXT NOT NULL,
  revision TEXT NOT NULL,
  source TEXT,
  PRIMARY KEY (connection, source_id)
);
CREATE INDEX mirror_ticket_merged ON mirror_ticket (connection, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE mirror_time_entry (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  ticket_id TEXT,
  client_id TEXT,
  technician_id TEXT NOT NULL,
  technician TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  is_timed INTEGER NOT NULL,
  seconds INTEGER NOT NULL,
  precision_seconds INTEGER,
  billed_seconds INTEGER,
  seconds_text TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('work', 'correction')),
  work_type TEXT,
  role TEXT,
  is_billable INTEGER,
  is_approved INTEGER,
  agreement TEXT,
  note TEXT,
  name_ids TEXT,
  updated_at TEXT NOT NULL,
  deleted_at TEXT,
  revision TEXT NOT NULL,
  technician_email TEXT,
  is_derived INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (connection, source_id)
);
CREATE INDEX mirror_time_entry_ticket ON mirror_time_entry (connection, ticket_id);
CREATE INDEX mirror_time_entry_started ON mirror_time_entry (connection, started_at);

CREATE TABLE mirror_session (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  client_id TEXT,
  technician_id TEXT NOT NULL,
  technician TEXT NOT NULL,
  device TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  revision TEXT NOT NULL,
  technician_email TEXT,
  ticket_id TEXT,
  entry_id TEXT,
  PRIMARY KEY (connection, source_id)
);

CREATE TABLE mirror_invoice (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  number TEXT,
  client_id TEXT,
  reference TEXT,
  sale_id TEXT,
  currency TEXT,
  total_minor INTEGER,
  net_minor INTEGER,
  paid_minor INTEGER,
  credited_minor INTEGER,
  is_paid INTEGER NOT NULL,
  is_void INTEGER NOT NULL,
  issued_on TEXT,
  paid_on TEXT,
  lines TEXT,
  revision TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
);
CREATE INDEX mirror_invoice_reference ON mirror_invoice (reference) WHERE reference IS NOT NULL;
CREATE INDEX mirror_invoice_sale ON mirror_invoice (connection, sale_id) WHERE sale_id IS NOT NULL;

CREATE TABLE name (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_first TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  is_gone INTEGER NOT NULL,
  email TEXT,
  PRIMARY KEY (connection, kind, source_id)
);

CREATE TABLE name_list (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  read_at TEXT NOT NULL,
  PRIMARY KEY (connection, kind)
);

CREATE TABLE name_binding (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  source_id TEXT NOT NULL,
  places TEXT NOT NULL,
  PRIMARY KEY (connection, kind, key, source_id)
);

CREATE TABLE time_due (
  connection TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  PRIMARY KEY (connection, ticket_id)
);

CREATE TABLE sweep_present (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
);

CREATE TABLE sweep_unseen (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  sweeps INTEGER NOT NULL,
  PRIMARY KEY (connection, source_id)
);

CREATE TABLE dirty (
  seq INTEGER PRIMARY KEY,
  connection TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ticket', 'entry')),
  source_id TEXT NOT NULL,
  worked_at TEXT NOT NULL DEFAULT '',
  UNIQUE (connection, kind, source_id)
);
CREATE INDEX dirty_worked ON dirty (worked_at, seq);

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  connection TEXT NOT NULL,
  stream TEXT NOT NULL,
  source_id TEXT NOT NULL,
  found_by TEXT NOT NULL CHECK (found_by IN ('pull', 'debit')),
  reason TEXT NOT NULL,
  row TEXT,
  vendor_row TEXT,
  since TEXT,
  ticket_ids TEXT,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'resolved')),
  UNIQUE (connection, stream, source_id, found_by)
);

CREATE TABLE entry_group (
  connection TEXT NOT NULL,
  entry_id TEXT NOT NULL,
  group_key TEXT NOT NULL,
  is_charged INTEGER NOT NULL,
  PRIMARY KEY (connection, entry_id)
);
CREATE INDEX entry_group_key ON entry_group (group_key);

CREATE TABLE charge_group (
  group_key TEXT PRIMARY KEY,
  client_id TEXT,
  status TEXT NOT NULL CHECK (status IN ('posted', 'pending', 'waiting', 'outside')),
  reason TEXT,
  pending_seconds INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  charge_id TEXT,
  facts_hash TEXT
);
CREATE INDEX charge_group_open ON charge_group (client_id) WHERE status <> 'posted';

CREATE TABLE charge (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  group_key TEXT NOT NULL,
  revision INTEGER NOT NULL,
  client_id TEXT NOT NULL,
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  worked_on TEXT NOT NULL,
  facts TEXT NOT NULL,
  facts_hash TEXT NOT NULL,
  posted_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  whole_revision INTEGER CHECK (whole_revision < revision),
  kept_first INTEGER CHECK ((kept_first IS NULL) = (whole_revision IS NULL)),
  kept_last INTEGER CHECK ((kept_last IS NULL) = (whole_revision IS NULL))
);
CREATE INDEX charge_posted ON charge (client_id, posted_at);
CREATE INDEX charge_worked ON charge (client_id, worked_on);
CREATE UNIQUE INDEX charge_revision ON charge (group_key, revision);

CREATE TABLE block (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  client_id TEXT NOT NULL REFERENCES client (id) DEFERRABLE,
  source TEXT NOT NULL CHECK (source IN ('opening', 'purchase', 'manual', 'rollover', 'overage')),
  offer TEXT,
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  amount_minor INTEGER CHECK (amount_minor > 0),
  rate_minor INTEGER NOT NULL CHECK (rate_minor >= 0),
  currency TEXT NOT NULL,
  purchased_on TEXT NOT NULL,
  expires_on TEXT,
  priority INTEGER NOT NULL,
  work_types TEXT,
  status TEXT NOT NULL CHECK (status IN ('ordered', 'active', 'void')),
  activate TEXT NOT NULL CHECK (activate IN ('at-once', 'on-invoice', 'on-payment')),
  invoice_key TEXT,
  created_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  purpose TEXT CHECK (purpose IN ('onboarding')),
  followed_by TEXT CHECK ((followed_by IS NULL) = (purpose IS NULL)),
  CHECK ((amount_minor IS NULL) = (seconds > 0))
);
CREATE INDEX block_client ON block (client_id);

CREATE TABLE block_edit (
  seq INTEGER PRIMARY KEY,
  block_id TEXT NOT NULL REFERENCES block (id) DEFERRABLE,
  source TEXT NOT NULL CHECK (source IN ('config', 'hand')),
  seconds INTEGER NOT NULL,
  minor INTEGER NOT NULL,
  expires_on_before TEXT,
  expires_on TEXT,
  reason TEXT NOT NULL,
  edited_at TEXT NOT NULL,
  run_id TEXT NOT NULL
);
CREATE INDEX block_edit_block ON block_edit (block_id);

CREATE TABLE invoice_block (
  block_id TEXT PRIMARY KEY REFERENCES block (id) DEFERRABLE,
  connection TEXT NOT NULL,
  invoice_id TEXT NOT NULL,
  product TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  total_minor INTEGER NOT NULL,
  UNIQUE (connection, invoice_id, product)
);

CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL REFERENCES client (id) DEFERRABLE,
  client_seq INTEGER NOT NULL,
  key TEXT NOT NULL UNIQUE,
  side TEXT NOT NULL CHECK (side IN ('credit', 'debit')),
  reason TEXT NOT NULL CHECK (reason IN
    ('purchase', 'usage', 'reversal', 'expiry', 'rollover', 'adjustment', 'overage', 'refund')),
  block_id TEXT,
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  minor INTEGER CHECK (minor > 0),
  used_by TEXT,
  charge_id TEXT,
  reverses TEXT,
  worked_on TEXT,
  note TEXT,
  posted_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (client_id, client_seq),
  CHECK ((reason = 'reversal') = (reverses IS NOT NULL)),
  CHECK (seconds > 0 OR minor IS NOT NULL)
);
CREATE UNIQUE INDEX ledger_reverses ON ledger (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ledger_charge ON ledger (charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX ledger_used_by ON ledger (client_id, used_by, block_id, side, seconds, minor)
WHERE used_by IS NOT NULL;
CREATE INDEX ledger_used_by_posted ON ledger (used_by, posted_at) WHERE used_by IS NOT NULL;
CREATE INDEX ledger_posted ON ledger (client_id, posted_at, client_seq, block_id, side, seconds, minor);
CREATE INDEX ledger_upward ON ledger (client_id, client_seq)
WHERE side = 'credit' AND reason IN ('purchase', 'adjustment');
CREATE TABLE block_balance (
  block_id TEXT PRIMARY KEY,
  remaining_seconds INTEGER NOT NULL,
  remaining_minor INTEGER
);

CREATE TABLE client_balance (
  client_id TEXT PRIMARY KEY,
  overage_seconds INTEGER NOT NULL,
  client_seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  posted_at TEXT NOT NULL
);

CREATE TABLE episode (
  client_id TEXT NOT NULL,
  threshold TEXT NOT NULL,
  number INTEGER NOT NULL,
  is_fired INTEGER NOT NULL,
  fired_client_seq INTEGER NOT NULL,
  fired_mode TEXT NOT NULL,
  fired_at TEXT NOT NULL,
  pending_seconds INTEGER NOT NULL,
  PRIMARY KEY (client_id, threshold)
);

CREATE TABLE sales_hold (
  client_id TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  since TEXT NOT NULL,
  run_id TEXT NOT NULL
);

CREATE TABLE invoice_missing (
  message_key TEXT PRIMARY KEY,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL
);

CREATE TABLE push_message (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  client_id TEXT NOT NULL,
  connection TEXT NOT NULL,
  payload TEXT NOT NULL,
  basis TEXT,
  after_key TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'claimed', 'delivered', 'dead', 'withheld', 'cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT NOT NULL,
  claimed_by TEXT,
  claimed_at TEXT,
  create_attempted_at TEXT,
  remote_id TEXT,
  remote_label TEXT,
  last_error TEXT,
  created_at TEXT NOT NULL,
  settled_at TEXT,
  is_unread INTEGER NOT NULL DEFAULT 0,
  run_id TEXT NOT NULL
);
CREATE INDEX push_message_unread ON push_message (connection) WHERE is_unread = 1;
CREATE INDEX push_message_waiting ON push_message (next_attempt_at) WHERE status IN ('pending', 'claimed');
CREATE INDEX push_message_client ON push_message (client_id);

CREATE TABLE difference (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  client_id TEXT,
  ours TEXT NOT NULL,
  theirs TEXT NOT NULL,
  fix TEXT NOT NULL,
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  found_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  PRIMARY KEY (connection, kind, subject)
);

CREATE TABLE undo (
  run_id TEXT PRIMARY KEY REFERENCES run (id) DEFERRABLE,
  undo_run_id TEXT NOT NULL REFERENCES run (id) DEFERRABLE,
  undone_at TEXT NOT NULL,
  kept TEXT NOT NULL
);

CREATE TABLE undo_message (
  message_key TEXT PRIMARY KEY REFERENCES push_message (key) DEFERRABLE,
  run_id TEXT NOT NULL REFERENCES undo (run_id) DEFERRABLE,
  status TEXT NOT NULL CHECK (status IN ('open', 'withdrawn', 'absent', 'by-hand')),
  detail TEXT,
  settled_at TEXT
);

CREATE TABLE undone_block (
  block_id TEXT PRIMARY KEY REFERENCES block (id) DEFERRABLE,
  run_id TEXT NOT NULL REFERENCES undo (run_id) DEFERRABLE
);

CREATE TABLE mirror_payment (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  reference TEXT,
  client_id TEXT,
  status TEXT NOT NULL CHECK (status IN ('submitted', 'succeeded', 'failed', 'cancelled')),
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  reversed_minor INTEGER NOT NULL,
  reason TEXT,
  failure TEXT,
  created_at TEXT NOT NULL,
  settled_on TEXT,
  revision TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
);
CREATE INDEX mirror_payment_reference ON mirror_payment (reference) WHERE reference IS NOT NULL;

CREATE TABLE mirror_mandate (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  scheme TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('usable', 'pending', 'ended')),
  detail TEXT,
  expires_on TEXT,
  revision TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
);
CREATE INDEX mirror_mandate_client ON mirror_mandate (connection, client_id);

CREATE TABLE recharge (
  block_id TEXT PRIMARY KEY REFERENCES block (id) DEFERRABLE,
  client_id TEXT NOT NULL REFERENCES client (id) DEFERRABLE,
  collect TEXT NOT NULL,
  invoice_key TEXT NOT NULL REFERENCES push_message (key) DEFERRABLE,
  ticket_key TEXT NOT NULL REFERENCES push_message (key) DEFERRABLE,
  approved_minor INTEGER,
  state TEXT NOT NULL
    CHECK (state IN ('requested', 'submitted', 'collected', 'failed', 'returned', 'ended')),
  state_at TEXT NOT NULL,
  requested_on TEXT NOT NULL,
  collected_on TEXT,
  attempts INTEGER NOT NULL,
  charge_key TEXT,
  notice_key TEXT NOT NULL,
  retry_on TEXT,
  run_id TEXT NOT NULL
);
CREATE INDEX recharge_client ON recharge (client_id, requested_on);
CREATE INDEX recharge_invoice ON recharge (invoice_key);
CREATE INDEX recharge_ticket ON recharge (ticket_key);
CREATE INDEX mirror_session_technician ON mirror_session (connection, technician_id, started_at);

CREATE TABLE session_dirty (
  seq INTEGER PRIMARY KEY,
  connection TEXT NOT NULL,
  technician_id TEXT NOT NULL,
  from_at TEXT NOT NULL,
  to_at TEXT NOT NULL,
  is_rule INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE unlogged (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  person TEXT NOT NULL,
  technician_id TEXT NOT NULL,
  technician TEXT NOT NULL,
  vendor_client_id TEXT NOT NULL,
  worked_on TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  device TEXT,
  ticket_id TEXT,
  action TEXT NOT NULL CHECK (action IN ('report', 'propose', 'debit')),
  work_type TEXT,
  due_at TEXT NOT NULL,
  done TEXT,
  PRIMARY KEY (connection, source_id)
);
CREATE INDEX unlogged_technician ON unlogged (connection, technician_id, worked_on);
CREATE INDEX unlogged_client ON unlogged (client_id, worked_on);
CREATE INDEX unlogged_due ON unlogged (action, due_at) WHERE done IS NULL;
CREATE INDEX unlogged_done ON unlogged (done) WHERE done IS NOT NULL;
CREATE INDEX push_message_withheld ON push_message (kind) WHERE status = 'withheld';

CREATE TABLE double_count (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  other_connection TEXT NOT NULL,
  other_source_id TEXT NOT NULL,
  is_accepted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (connection, source_id, other_connection, other_source_id)
);
CREATE INDEX double_count_other ON double_count (other_connection, other_source_id);

CREATE TABLE accepted_agreement (
  client_id TEXT NOT NULL REFERENCES client (id) DEFERRABLE,
  version INTEGER NOT NULL CHECK (version > 0),
  terms TEXT NOT NULL,
  terms_hash TEXT NOT NULL,
  html TEXT NOT NULL,
  html_hash TEXT NOT NULL,
  text TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  dated_on TEXT NOT NULL,
  accepted_on TEXT NOT NULL,
  evidence TEXT NOT NULL CHECK (evidence <> ''),
  accepted_by TEXT,
  recorded_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  PRIMARY KEY (client_id, version)
);
CREATE INDEX block_purpose ON block (client_id) WHERE purpose IS NOT NULL;

CREATE TABLE changed_work (
  client_id TEXT PRIMARY KEY
);

-- ── Work to be debited again ────────────────────────────────────────────────────────────────────

-- A later change gets a new seq, in place of the row that is there.
CREATE FUNCTION dirty_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM dirty WHERE connection = new.connection AND kind = new.kind AND source_id = new.source_id;
  new.worked_at := coalesce(CASE new.kind
    WHEN 'ticket' THEN (SELECT min(e.started_at) FROM mirror_time_entry e
      WHERE e.connection = new.connection AND e.ticket_id = new.source_id)
    ELSE (SELECT e.started_at FROM mirror_time_entry e
      WHERE e.connection = new.connection AND e.source_id = new.source_id) END, '');
  RETURN new;
END $$;
CREATE TRIGGER dirty_replaced BEFORE INSERT ON dirty FOR EACH ROW EXECUTE FUNCTION dirty_replaced();

CREATE FUNCTION mark_time(entry mirror_time_entry) RETURNS void LANGUAGE sql AS $$
  INSERT INTO dirty (connection, kind, source_id)
  VALUES (entry.connection, iif(entry.ticket_id IS NULL, 'entry', 'ticket'),
    coalesce(entry.ticket_id, entry.source_id)) $$;
CREATE FUNCTION time_entry_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'UPDATE' THEN PERFORM mark_time(old); END IF;
  PERFORM mark_time(new);
  RETURN NULL;
END $$;
CREATE TRIGGER time_entry_added AFTER INSERT ON mirror_time_entry
FOR EACH ROW EXECUTE FUNCTION time_entry_marked();
CREATE TRIGGER time_entry_changed AFTER UPDATE OF revision, deleted_at ON mirror_time_entry
FOR EACH ROW EXECUTE FUNCTION time_entry_marked();

CREATE FUNCTION ticket_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'UPDATE' OR new.merged_into IS NOT NULL OR EXISTS (
    SELECT 1 FROM mirror_time_entry e WHERE e.connection = new.connection AND e.ticket_id = new.source_id
  ) OR EXISTS (
    SELECT 1 FROM mirror_ticket t WHERE t.connection = new.connection AND t.merged_into = new.source_id
  ) THEN
    INSERT INTO dirty (connection, kind, source_id) VALUES (new.connection, 'ticket', new.source_id);
  END IF;
  IF tg_op = 'UPDATE' THEN
    INSERT INTO dirty (connection, kind, source_id)
    SELECT old.connection, 'ticket', old.merged_into WHERE old.merged_into IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ticket_added AFTER INSERT ON mirror_ticket FOR EACH ROW EXECUTE FUNCTION ticket_marked();
CREATE TRIGGER ticket_changed AFTER UPDATE OF revision ON mirror_ticket
FOR EACH ROW EXECUTE FUNCTION ticket_marked();

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

-- ── Append-only ─────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: %', tg_argv[0], tg_argv[1];
END $$;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the ledger', 'add a reversal');
CREATE TRIGGER charge_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON charge
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a charge', 'add a revision');
CREATE TRIGGER accepted_agreement_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accepted_agreement
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('an accepted agreement', 'record another version');
-- The owner gives up the right, too: a trigger that somebody has switched off does not open the ledger.
REVOKE UPDATE, DELETE, TRUNCATE ON ledger, charge, accepted_agreement FROM CURRENT_USER;

-- ── Who works on the store ──────────────────────────────────────────────────────────────────────

-- Leases on the whole store ('') or on a part of it. Each write of the holder renews its lease, and fails
-- once another one has it.
CREATE TABLE lease (
  part TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  purpose TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  since TEXT NOT NULL,
  ends_at timestamptz NOT NULL
);

-- By the server's clock. False: somebody else has it.
CREATE FUNCTION take_lease(part text, holder text, purpose text, host text, pid bigint, since text)
RETURNS boolean LANGUAGE sql AS $$
  INSERT INTO lease AS held VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + interval '30 seconds')
  ON CONFLICT (part) DO UPDATE SET holder = $2, purpose = $3, host = $4, pid = $5, since = $6,
    ends_at = excluded.ends_at
  WHERE held.holder = $2 OR held.ends_at < clock_timestamp() RETURNING true $$;
CREATE FUNCTION renew_lease(part text, holder text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE lease SET ends_at = clock_timestamp() + interval '30 seconds'
  WHERE lease.part = $1 AND lease.holder = $2;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING errcode = 'PH001', message = 'another process has taken over';
  END IF;
END $$;
