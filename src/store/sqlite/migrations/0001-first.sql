-- Everything up to the outbox. Moments are UTC text with three decimals, durations whole seconds,
-- money whole minor units. Names of tables and columns are the words of the README's glossary.

-- Clients as we know them: the id is ours and outlives a renaming or a new PSA.
CREATE TABLE client (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- The client whose blocks pay for this one's work, as configured at the last start; null: its own.
  paid_by TEXT REFERENCES client (id),
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX client_paid_by ON client (paid_by) WHERE paid_by IS NOT NULL;

CREATE TABLE client_source (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  client_id TEXT NOT NULL REFERENCES client (id),
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  command TEXT NOT NULL,
  mode TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  result TEXT
) STRICT;

-- How each step is doing, as a whole (connection '') and for each connection: what `status` shows.
CREATE TABLE step_health (
  step TEXT NOT NULL,
  connection TEXT NOT NULL,
  runs INTEGER NOT NULL,
  failed_runs INTEGER NOT NULL,
  -- Failed runs in a row; 0: the last one succeeded.
  failures INTEGER NOT NULL,
  -- Of the last run: its command, when it ended, and why it failed.
  command TEXT NOT NULL,
  ran_at TEXT NOT NULL,
  error TEXT,
  first_ran_at TEXT NOT NULL,
  succeeded_at TEXT,
  PRIMARY KEY (step, connection)
) STRICT, WITHOUT ROWID;

-- What the admin is notified of: a row from its begin until its end was notified, too.
CREATE TABLE notice (
  subject TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  fix TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  -- Null: not sent yet.
  sent_at TEXT
) STRICT, WITHOUT ROWID;

-- What a connector wants kept, and one value a deployment (`key` of connection '').
CREATE TABLE connection_memory (
  connection TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (connection, key)
) STRICT, WITHOUT ROWID;

-- `since` is complete up to that moment for `clients`; the pass_ columns describe a pass under way.
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
) STRICT, WITHOUT ROWID;

-- ── Mirror ──────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE mirror_client (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  name TEXT NOT NULL,
  revision TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;

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
  -- JSON: the vendor's ids of board, ticket type and agreement; null: it only has names.
  name_ids TEXT,
  updated_at TEXT NOT NULL,
  revision TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;
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
  -- By how much the vendor's own rounding may have moved them.
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
  -- JSON: the vendor's ids of work type, role and agreement; null: it only has names.
  name_ids TEXT,
  updated_at TEXT NOT NULL,
  deleted_at TEXT,
  revision TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;
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
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;

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
) STRICT, WITHOUT ROWID;
CREATE INDEX mirror_invoice_reference ON mirror_invoice (reference) WHERE reference IS NOT NULL;
CREATE INDEX mirror_invoice_sale ON mirror_invoice (connection, sale_id) WHERE sale_id IS NOT NULL;

-- What the vendors' ids are called; a name without an id stands for itself, as `=name`.
CREATE TABLE name (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_first TEXT NOT NULL,
  -- The last change of the row that said so.
  seen_at TEXT NOT NULL,
  -- The vendor's own list lacks it.
  is_gone INTEGER NOT NULL,
  PRIMARY KEY (connection, kind, source_id)
) STRICT, WITHOUT ROWID;

-- Kinds of names of which a whole list was read.
CREATE TABLE name_list (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  read_at TEXT NOT NULL,
  PRIMARY KEY (connection, kind)
) STRICT, WITHOUT ROWID;

-- Which things each name in the rules means, so that the rules follow them when they are renamed.
CREATE TABLE name_binding (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  source_id TEXT NOT NULL,
  places TEXT NOT NULL,
  PRIMARY KEY (connection, kind, key, source_id)
) STRICT, WITHOUT ROWID;

-- Tickets whose time is still to be read, for vendors that show time ticket by ticket. Written with
-- the ticket, removed with its time: a crash in between leaves the row.
CREATE TABLE time_due (
  connection TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  PRIMARY KEY (connection, ticket_id)
) STRICT, WITHOUT ROWID;

-- Ids of the time that a vendor listed for the sweep under way.
CREATE TABLE sweep_present (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;

-- Listed and not mirrored, in so many sweeps in a row.
CREATE TABLE sweep_unseen (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  sweeps INTEGER NOT NULL,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;

-- Work whose debit must be looked at again. A later change takes a new seq, so that removing the
-- rows one has dealt with never removes a change that came meanwhile. The triggers below rely on the
-- table's own conflict clause, which SQLite overrides with that of the statement that fires them:
-- mirror rows are written by plain INSERT and UPDATE only, never by an upsert.
CREATE TABLE dirty (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  connection TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ticket', 'entry')),
  source_id TEXT NOT NULL,
  -- When the work was begun: older work takes its hours first, in whatever order it was told.
  worked_at TEXT NOT NULL DEFAULT '',
  UNIQUE (connection, kind, source_id) ON CONFLICT REPLACE
) STRICT;
CREATE INDEX dirty_worked ON dirty (worked_at, seq);

CREATE TRIGGER dirty_dated AFTER INSERT ON dirty BEGIN
  UPDATE dirty SET worked_at = coalesce(iif(new.kind = 'ticket',
    (SELECT min(e.started_at) FROM mirror_time_entry e INDEXED BY mirror_time_entry_ticket
     WHERE e.connection = new.connection AND e.ticket_id = new.source_id),
    (SELECT e.started_at FROM mirror_time_entry e
     WHERE e.connection = new.connection AND e.source_id = new.source_id)), '')
  WHERE seq = new.seq;
END;

CREATE TRIGGER time_entry_added AFTER INSERT ON mirror_time_entry BEGIN
  INSERT INTO dirty (connection, kind, source_id)
  VALUES (new.connection, iif(new.ticket_id IS NULL, 'entry', 'ticket'), coalesce(new.ticket_id, new.source_id));
END;
-- A new `updated_at` alone is no change of the work.
CREATE TRIGGER time_entry_changed AFTER UPDATE OF revision, deleted_at ON mirror_time_entry BEGIN
  INSERT INTO dirty (connection, kind, source_id)
  VALUES (old.connection, iif(old.ticket_id IS NULL, 'entry', 'ticket'), coalesce(old.ticket_id, old.source_id));
  INSERT INTO dirty (connection, kind, source_id)
  VALUES (new.connection, iif(new.ticket_id IS NULL, 'entry', 'ticket'), coalesce(new.ticket_id, new.source_id));
END;
CREATE TRIGGER ticket_added AFTER INSERT ON mirror_ticket
WHEN new.merged_into IS NOT NULL OR EXISTS (
  SELECT 1 FROM mirror_time_entry e WHERE e.connection = new.connection AND e.ticket_id = new.source_id
) OR EXISTS (
  SELECT 1 FROM mirror_ticket t WHERE t.connection = new.connection AND t.merged_into = new.source_id
) BEGIN
  INSERT INTO dirty (connection, kind, source_id) VALUES (new.connection, 'ticket', new.source_id);
END;
CREATE TRIGGER ticket_changed AFTER UPDATE OF revision ON mirror_ticket BEGIN
  INSERT INTO dirty (connection, kind, source_id) VALUES (new.connection, 'ticket', new.source_id);
  INSERT INTO dirty (connection, kind, source_id)
  SELECT old.connection, 'ticket', old.merged_into WHERE old.merged_into IS NOT NULL;
END;

-- Vendor rows set aside for a person.
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  connection TEXT NOT NULL,
  stream TEXT NOT NULL,
  source_id TEXT NOT NULL,
  -- Each side settles what it found itself: a client that reads well may still be unmapped.
  found_by TEXT NOT NULL CHECK (found_by IN ('pull', 'debit')),
  reason TEXT NOT NULL,
  -- The row as far as it was understood; present only when it may be accepted as it is.
  row TEXT,
  -- The vendor's own row, for the person who looks.
  vendor_row TEXT,
  -- Reading again from here brings the row back; null for what debit found.
  since TEXT,
  -- Where time is read ticket by ticket: the tickets whose time the row came with, as a JSON array.
  ticket_ids TEXT,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'resolved')),
  UNIQUE (connection, stream, source_id, found_by)
) STRICT;

-- ── Debit ───────────────────────────────────────────────────────────────────────────────────────

-- Where each entry is charged, and how its group stands.
CREATE TABLE entry_group (
  connection TEXT NOT NULL,
  entry_id TEXT NOT NULL,
  group_key TEXT NOT NULL,
  -- Part of what the group is charged; 0: only pending there, free of the agreement, or not known whose.
  is_charged INTEGER NOT NULL,
  PRIMARY KEY (connection, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_group_key ON entry_group (group_key);

CREATE TABLE charge_group (
  group_key TEXT PRIMARY KEY,
  client_id TEXT,
  -- posted: all of it is charged; pending: some work is not yet due; waiting: a person or a row is missing.
  status TEXT NOT NULL CHECK (status IN ('posted', 'pending', 'waiting', 'outside')),
  reason TEXT,
  pending_seconds INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  charge_id TEXT,
  -- Zone, letters for what the rules read of the work, and a hash over that.
  facts_hash TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX charge_group_open ON charge_group (client_id) WHERE status <> 'posted';

-- One revision of what a group costs. Never edited: a later revision replaces an earlier one.
-- Its facts are longer than what a table without rowid keeps on one page: there each took a page of its own.
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
  run_id TEXT NOT NULL
) STRICT;
CREATE INDEX charge_posted ON charge (client_id, posted_at);
-- How a client's hours were used lately: a backfill posts many years on one day.
CREATE INDEX charge_worked ON charge (client_id, worked_on);
CREATE UNIQUE INDEX charge_revision ON charge (group_key, revision);

CREATE TABLE block (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  client_id TEXT NOT NULL REFERENCES client (id),
  source TEXT NOT NULL CHECK (source IN ('opening', 'purchase', 'manual', 'rollover', 'overage')),
  offer TEXT,
  -- A block holds hours, or money: never both.
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  amount_minor INTEGER CHECK (amount_minor > 0),
  rate_minor INTEGER NOT NULL CHECK (rate_minor >= 0),
  currency TEXT NOT NULL,
  purchased_on TEXT NOT NULL,
  expires_on TEXT,
  priority INTEGER NOT NULL,
  -- JSON array of the work types that it pays for; null: all.
  work_types TEXT,
  -- ordered: invoiced but not yet usable; active: its purchase stands in the ledger; void: withdrawn.
  status TEXT NOT NULL CHECK (status IN ('ordered', 'active', 'void')),
  activate TEXT NOT NULL CHECK (activate IN ('at-once', 'on-invoice', 'on-payment')),
  invoice_key TEXT,
  created_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  CHECK ((amount_minor IS NULL) = (seconds > 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX block_client ON block (client_id);

-- What was changed about a block after it was bought: a statement of an earlier time shows what held then.
CREATE TABLE block_edit (
  seq INTEGER PRIMARY KEY,
  block_id TEXT NOT NULL REFERENCES block (id),
  source TEXT NOT NULL CHECK (source IN ('config', 'hand')),
  -- By how much the size in the config changed; the hours themselves are an adjustment in the ledger.
  seconds INTEGER NOT NULL,
  minor INTEGER NOT NULL,
  expires_on_before TEXT,
  expires_on TEXT,
  reason TEXT NOT NULL,
  edited_at TEXT NOT NULL,
  run_id TEXT NOT NULL
) STRICT;
CREATE INDEX block_edit_block ON block_edit (block_id);

-- Blocks that were sold in the PSA, by an invoice that is none of ours.
CREATE TABLE invoice_block (
  block_id TEXT PRIMARY KEY REFERENCES block (id),
  connection TEXT NOT NULL,
  invoice_id TEXT NOT NULL,
  product TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  total_minor INTEGER NOT NULL,
  UNIQUE (connection, invoice_id, product)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL REFERENCES client (id),
  client_seq INTEGER NOT NULL,
  key TEXT NOT NULL UNIQUE,
  side TEXT NOT NULL CHECK (side IN ('credit', 'debit')),
  reason TEXT NOT NULL CHECK (reason IN
    ('purchase', 'usage', 'reversal', 'expiry', 'rollover', 'adjustment', 'overage', 'refund')),
  -- Null: overage, hours used beyond every block.
  block_id TEXT,
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  -- What moved on a block of money; null: hours.
  minor INTEGER CHECK (minor > 0),
  -- The client whose work it was, where blocks are shared; null: the account's own.
  used_by TEXT,
  charge_id TEXT,
  -- The key of the one entry that this one undoes.
  reverses TEXT,
  worked_on TEXT,
  note TEXT,
  posted_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (client_id, client_seq),
  CHECK ((reason = 'reversal') = (reverses IS NOT NULL)),
  CHECK (seconds > 0 OR minor IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX ledger_reverses ON ledger (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX ledger_charge ON ledger (charge_id) WHERE charge_id IS NOT NULL;
-- What each client took of the blocks that it shares, and its rows of a time in another's account.
CREATE INDEX ledger_used_by ON ledger (client_id, used_by, block_id, side, seconds, minor)
WHERE used_by IS NOT NULL;
CREATE INDEX ledger_used_by_posted ON ledger (used_by, posted_at) WHERE used_by IS NOT NULL;
-- A client's rows of a time, and its balance at a moment without a look at the rows themselves.
CREATE INDEX ledger_posted ON ledger (client_id, posted_at, client_seq, block_id, side, seconds, minor);
-- What re-arms a client's thresholds.
CREATE INDEX ledger_upward ON ledger (client_id, client_seq)
WHERE side = 'credit' AND reason IN ('purchase', 'adjustment');

CREATE TRIGGER ledger_is_append_only_update BEFORE UPDATE ON ledger BEGIN
  SELECT raise(ABORT, 'the ledger is append-only: add a reversal');
END;
CREATE TRIGGER ledger_is_append_only_delete BEFORE DELETE ON ledger BEGIN
  SELECT raise(ABORT, 'the ledger is append-only: add a reversal');
END;
-- An INSERT OR REPLACE would take the old row away without firing a DELETE trigger.
CREATE TRIGGER ledger_is_append_only_insert BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE seq = new.seq)
  OR EXISTS (SELECT 1 FROM ledger WHERE key = new.key)
  OR EXISTS (SELECT 1 FROM ledger WHERE client_id = new.client_id AND client_seq = new.client_seq)
  OR EXISTS (SELECT 1 FROM ledger WHERE reverses = new.reverses) BEGIN
  SELECT raise(ABORT, 'the ledger is append-only: this key, position or reversal stands already');
END;
CREATE TRIGGER charge_is_append_only_insert BEFORE INSERT ON charge
WHEN EXISTS (SELECT 1 FROM charge WHERE seq = new.seq)
  OR EXISTS (SELECT 1 FROM charge WHERE id = new.id)
  OR EXISTS (SELECT 1 FROM charge WHERE group_key = new.group_key AND revision = new.revision) BEGIN
  SELECT raise(ABORT, 'charges are append-only: this revision stands already');
END;
CREATE TRIGGER charge_is_append_only_update BEFORE UPDATE ON charge BEGIN
  SELECT raise(ABORT, 'charges are append-only: add a revision');
END;
CREATE TRIGGER charge_is_append_only_delete BEFORE DELETE ON charge BEGIN
  SELECT raise(ABORT, 'charges are append-only: add a revision');
END;

-- Caches: both may be emptied at any time and are made anew from the ledger.
CREATE TABLE block_balance (
  block_id TEXT PRIMARY KEY,
  remaining_seconds INTEGER NOT NULL,
  -- Of a block of money; null: hours.
  remaining_minor INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE client_balance (
  client_id TEXT PRIMARY KEY,
  overage_seconds INTEGER NOT NULL,
  client_seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  posted_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- ── Replenish and push ──────────────────────────────────────────────────────────────────────────

-- One row a threshold of a client: how often it has been crossed, and whether it is armed.
CREATE TABLE episode (
  client_id TEXT NOT NULL,
  threshold TEXT NOT NULL,
  number INTEGER NOT NULL,
  is_fired INTEGER NOT NULL,
  -- The client's ledger position when it fired: a later purchase or upward adjustment re-arms it.
  fired_client_seq INTEGER NOT NULL,
  fired_mode TEXT NOT NULL,
  fired_at TEXT NOT NULL,
  -- Pending work when it was last seen before a credit re-armed it: more of it lets the level fire again.
  pending_seconds INTEGER NOT NULL,
  PRIMARY KEY (client_id, threshold)
) STRICT, WITHOUT ROWID;

-- Clients whose payment came back: they are sold nothing until a person says so.
CREATE TABLE sales_hold (
  client_id TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  since TEXT NOT NULL,
  run_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Delivered invoices that were not there when they were last looked at by their id.
CREATE TABLE invoice_missing (
  message_key TEXT PRIMARY KEY,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE push_message (
  -- The order in which they were written, and are sent.
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  client_id TEXT NOT NULL,
  connection TEXT NOT NULL,
  payload TEXT NOT NULL,
  -- JSON of what it was composed from, to compose it again; null: it stays as it is.
  basis TEXT,
  -- The message whose delivered record this one needs (a note needs its ticket).
  after_key TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'claimed', 'delivered', 'dead', 'withheld', 'cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT NOT NULL,
  claimed_by TEXT,
  claimed_at TEXT,
  -- Written before the request leaves; null: no request to create it has left, or the vendor refused it.
  create_attempted_at TEXT,
  remote_id TEXT,
  remote_label TEXT,
  last_error TEXT,
  created_at TEXT NOT NULL,
  settled_at TEXT,
  -- 1: a delivered invoice, and the invoices have not been read through since: the mirror may have half of it.
  is_unread INTEGER NOT NULL DEFAULT 0,
  run_id TEXT NOT NULL
) STRICT;
CREATE INDEX push_message_unread ON push_message (connection) WHERE is_unread = 1;
CREATE INDEX push_message_waiting ON push_message (next_attempt_at) WHERE status IN ('pending', 'claimed');
CREATE INDEX push_message_client ON push_message (client_id);

-- ── Reconcile ───────────────────────────────────────────────────────────────────────────────────

-- What the last comparison with each vendor found to differ, and since when it does so.
CREATE TABLE difference (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- Null: not known whose it is.
  client_id TEXT,
  ours TEXT NOT NULL,
  theirs TEXT NOT NULL,
  fix TEXT NOT NULL,
  -- Worked time by which the two differ; 0 where it is not about that, or another row counts it.
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  found_at TEXT NOT NULL,
  -- The run that last found it.
  run_id TEXT NOT NULL,
  PRIMARY KEY (connection, kind, subject)
) STRICT, WITHOUT ROWID;

-- ── Undo ────────────────────────────────────────────────────────────────────────────────────────

-- Runs that were taken back, each by a run of its own.
CREATE TABLE undo (
  run_id TEXT PRIMARY KEY REFERENCES run (id),
  undo_run_id TEXT NOT NULL REFERENCES run (id),
  undone_at TEXT NOT NULL,
  -- What of the run stays, since another run replaced or decided it: a JSON array.
  kept TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the run may have left in a PSA, written with the undo itself: a crash between two withdrawals
-- leaves the rest open.
CREATE TABLE undo_message (
  message_key TEXT PRIMARY KEY REFERENCES push_message (key),
  run_id TEXT NOT NULL REFERENCES undo (run_id),
  -- open: still to be tried; withdrawn; absent: it had never arrived; by-hand: a person must.
  status TEXT NOT NULL CHECK (status IN ('open', 'withdrawn', 'absent', 'by-hand')),
  detail TEXT,
  settled_at TEXT
) STRICT, WITHOUT ROWID;

-- Blocks whose hours were taken back. What the config opens is opened anew, as another block.
CREATE TABLE undone_block (
  block_id TEXT PRIMARY KEY REFERENCES block (id),
  run_id TEXT NOT NULL REFERENCES undo (run_id)
) STRICT, WITHOUT ROWID;
