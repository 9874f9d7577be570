-- The whole schema. Timestamps are UTC text with three decimals, durations are whole seconds, money is
-- whole minor units. Tables and columns are named as in the glossary (config/guide/glossary.md).

-- Our clients. The ID is ours and survives a rename or a move to another PSA.
CREATE TABLE client (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- The client whose blocks pay for this one's work, as of the last start; null: it pays for itself.
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

-- Health of each step, as a whole (connection '') and per connection, as shown by `status`.
CREATE TABLE step_health (
  step TEXT NOT NULL,
  connection TEXT NOT NULL,
  runs INTEGER NOT NULL,
  failed_runs INTEGER NOT NULL,
  -- Consecutive failed runs; 0: the last one succeeded.
  failures INTEGER NOT NULL,
  -- The last run: its command, when it ended, and why it failed.
  command TEXT NOT NULL,
  ran_at TEXT NOT NULL,
  error TEXT,
  first_ran_at TEXT NOT NULL,
  succeeded_at TEXT,
  PRIMARY KEY (step, connection)
) STRICT, WITHOUT ROWID;

-- Problems reported to the admin: a row is kept until the recovery has been reported as well.
CREATE TABLE notice (
  subject TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  fix TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  -- Null: not sent yet.
  sent_at TEXT
) STRICT, WITHOUT ROWID;

-- Values kept for a connector; those of connection '' belong to the whole deployment.
CREATE TABLE connection_memory (
  connection TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (connection, key)
) STRICT, WITHOUT ROWID;

-- Everything up to `since` has been read for `clients`; the pass_ columns describe an unfinished pass.
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
  -- JSON: the vendor's IDs of board, ticket type and agreement; null: the vendor only has names.
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
  -- The largest error that the vendor's own rounding may have caused.
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
  -- JSON: the vendor's IDs of work type, role and agreement; null: the vendor only has names.
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

-- Names of the vendors' IDs; a name without an ID has `=name` as its ID.
CREATE TABLE name (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_first TEXT NOT NULL,
  -- When the row that this name comes from was last modified.
  seen_at TEXT NOT NULL,
  -- 1: missing from the vendor's own list.
  is_gone INTEGER NOT NULL,
  PRIMARY KEY (connection, kind, source_id)
) STRICT, WITHOUT ROWID;

-- Kinds of names whose complete list has been read.
CREATE TABLE name_list (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  read_at TEXT NOT NULL,
  PRIMARY KEY (connection, kind)
) STRICT, WITHOUT ROWID;

-- The IDs that each name in the rules refers to, so that the rules follow a rename.
CREATE TABLE name_binding (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  source_id TEXT NOT NULL,
  places TEXT NOT NULL,
  PRIMARY KEY (connection, kind, key, source_id)
) STRICT, WITHOUT ROWID;

-- Tickets whose time must still be read, for vendors that list time per ticket. Added with the ticket
-- and removed with its time, so that a crash in between leaves the row.
CREATE TABLE time_due (
  connection TEXT NOT NULL,
  ticket_id TEXT NOT NULL,
  PRIMARY KEY (connection, ticket_id)
) STRICT, WITHOUT ROWID;

-- IDs of the time entries that the vendor listed for the current sweep.
CREATE TABLE sweep_present (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;

-- Time entries that were listed but not mirrored, in this many consecutive sweeps.
CREATE TABLE sweep_unseen (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  sweeps INTEGER NOT NULL,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;

-- Work that must be debited again. A later change gets a new seq, so that deleting the processed rows
-- never deletes a change that arrived in the meantime. The triggers below depend on the table's own
-- conflict clause, which SQLite overrides with the clause of the statement that fires them: mirror rows
-- are only written by plain INSERT and UPDATE, never by an upsert.
CREATE TABLE dirty (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  connection TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ticket', 'entry')),
  source_id TEXT NOT NULL,
  -- When the work started: older work is debited first, in whatever order it was read.
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
-- A new `updated_at` alone does not change the work.
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

-- Vendor rows that need review.
CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY,
  connection TEXT NOT NULL,
  stream TEXT NOT NULL,
  source_id TEXT NOT NULL,
  -- Each step resolves only what it found itself: a valid client row may still be unmapped.
  found_by TEXT NOT NULL CHECK (found_by IN ('pull', 'debit')),
  reason TEXT NOT NULL,
  -- The row as far as it was understood; null if it cannot be accepted as it is.
  row TEXT,
  -- The vendor's own row, for the admin.
  vendor_row TEXT,
  -- Reading again from here returns the row; null for rows found by debit.
  since TEXT,
  -- JSON array, if time is read per ticket: the tickets with whose time the row was read.
  ticket_ids TEXT,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'resolved')),
  UNIQUE (connection, stream, source_id, found_by)
) STRICT;

-- ── Debit ───────────────────────────────────────────────────────────────────────────────────────

-- The group in which each time entry is charged.
CREATE TABLE entry_group (
  connection TEXT NOT NULL,
  entry_id TEXT NOT NULL,
  group_key TEXT NOT NULL,
  -- 1: part of the group's charge; 0: still pending, outside the agreement, or its client is unknown.
  is_charged INTEGER NOT NULL,
  PRIMARY KEY (connection, entry_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_group_key ON entry_group (group_key);

CREATE TABLE charge_group (
  group_key TEXT PRIMARY KEY,
  client_id TEXT,
  -- posted: all work is charged; pending: some is not charged yet; waiting: for review or a missing row.
  status TEXT NOT NULL CHECK (status IN ('posted', 'pending', 'waiting', 'outside')),
  reason TEXT,
  pending_seconds INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  charge_id TEXT,
  -- Time zone, letters for the fields that the rules read, and a hash of their values.
  facts_hash TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX charge_group_open ON charge_group (client_id) WHERE status <> 'posted';

-- One revision of a group's charge. Never edited: a later revision replaces an earlier one.
-- Has a rowid because of the long `facts`: WITHOUT ROWID, each row would take an overflow page.
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
-- A client's recent usage by day of work: a backfill posts many years on one day.
CREATE INDEX charge_worked ON charge (client_id, worked_on);
CREATE UNIQUE INDEX charge_revision ON charge (group_key, revision);

CREATE TABLE block (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  client_id TEXT NOT NULL REFERENCES client (id),
  source TEXT NOT NULL CHECK (source IN ('opening', 'purchase', 'manual', 'rollover', 'overage')),
  offer TEXT,
  -- A block has either hours or money, never both.
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  amount_minor INTEGER CHECK (amount_minor > 0),
  rate_minor INTEGER NOT NULL CHECK (rate_minor >= 0),
  currency TEXT NOT NULL,
  purchased_on TEXT NOT NULL,
  expires_on TEXT,
  priority INTEGER NOT NULL,
  -- JSON array of the work types that it pays for; null: all.
  work_types TEXT,
  -- ordered: invoiced but not usable yet; active: its purchase is in the ledger; void: withdrawn.
  status TEXT NOT NULL CHECK (status IN ('ordered', 'active', 'void')),
  activate TEXT NOT NULL CHECK (activate IN ('at-once', 'on-invoice', 'on-payment')),
  invoice_key TEXT,
  created_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  CHECK ((amount_minor IS NULL) = (seconds > 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX block_client ON block (client_id);

-- Changes to a block after its purchase: statements of earlier months show the block as it was.
CREATE TABLE block_edit (
  seq INTEGER PRIMARY KEY,
  block_id TEXT NOT NULL REFERENCES block (id),
  source TEXT NOT NULL CHECK (source IN ('config', 'hand')),
  -- Change of the size in the config; the hours themselves are an adjustment in the ledger.
  seconds INTEGER NOT NULL,
  minor INTEGER NOT NULL,
  expires_on_before TEXT,
  expires_on TEXT,
  reason TEXT NOT NULL,
  edited_at TEXT NOT NULL,
  run_id TEXT NOT NULL
) STRICT;
CREATE INDEX block_edit_block ON block_edit (block_id);

-- Blocks sold by hand in the PSA, with an invoice that we did not create.
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
  -- Null: overage, that is hours used beyond all blocks.
  block_id TEXT,
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  -- Amount on a money block; null: a block of hours.
  minor INTEGER CHECK (minor > 0),
  -- If blocks are shared: the client that the work was done for; null: the account's own client.
  used_by TEXT,
  charge_id TEXT,
  -- Key of the entry that this one reverses.
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
-- What each client used of shared blocks, and its entries of a period in another client's account.
CREATE INDEX ledger_used_by ON ledger (client_id, used_by, block_id, side, seconds, minor)
WHERE used_by IS NOT NULL;
CREATE INDEX ledger_used_by_posted ON ledger (used_by, posted_at) WHERE used_by IS NOT NULL;
-- A client's entries of a period, and its balance at a given time without reading the rows themselves.
CREATE INDEX ledger_posted ON ledger (client_id, posted_at, client_seq, block_id, side, seconds, minor);
-- Credits that re-arm a client's thresholds.
CREATE INDEX ledger_upward ON ledger (client_id, client_seq)
WHERE side = 'credit' AND reason IN ('purchase', 'adjustment');

CREATE TRIGGER ledger_is_append_only_update BEFORE UPDATE ON ledger BEGIN
  SELECT raise(ABORT, 'the ledger is append-only: add a reversal');
END;
CREATE TRIGGER ledger_is_append_only_delete BEFORE DELETE ON ledger BEGIN
  SELECT raise(ABORT, 'the ledger is append-only: add a reversal');
END;
-- INSERT OR REPLACE would delete the old row without firing a DELETE trigger.
CREATE TRIGGER ledger_is_append_only_insert BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger WHERE seq = new.seq)
  OR EXISTS (SELECT 1 FROM ledger WHERE key = new.key)
  OR EXISTS (SELECT 1 FROM ledger WHERE client_id = new.client_id AND client_seq = new.client_seq)
  OR EXISTS (SELECT 1 FROM ledger WHERE reverses = new.reverses) BEGIN
  SELECT raise(ABORT, 'the ledger is append-only: this key, position or reversal already exists');
END;
CREATE TRIGGER charge_is_append_only_insert BEFORE INSERT ON charge
WHEN EXISTS (SELECT 1 FROM charge WHERE seq = new.seq)
  OR EXISTS (SELECT 1 FROM charge WHERE id = new.id)
  OR EXISTS (SELECT 1 FROM charge WHERE group_key = new.group_key AND revision = new.revision) BEGIN
  SELECT raise(ABORT, 'charges are append-only: this revision already exists');
END;
CREATE TRIGGER charge_is_append_only_update BEFORE UPDATE ON charge BEGIN
  SELECT raise(ABORT, 'charges are append-only: add a revision');
END;
CREATE TRIGGER charge_is_append_only_delete BEFORE DELETE ON charge BEGIN
  SELECT raise(ABORT, 'charges are append-only: add a revision');
END;

-- Caches: both may be emptied at any time and are rebuilt from the ledger.
CREATE TABLE block_balance (
  block_id TEXT PRIMARY KEY,
  remaining_seconds INTEGER NOT NULL,
  -- Null: a block of hours.
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

-- One row per threshold of a client: how often it was crossed, and whether it is armed.
CREATE TABLE episode (
  client_id TEXT NOT NULL,
  threshold TEXT NOT NULL,
  number INTEGER NOT NULL,
  is_fired INTEGER NOT NULL,
  -- The client's ledger position when it fired: a later purchase or upward adjustment re-arms it.
  fired_client_seq INTEGER NOT NULL,
  fired_mode TEXT NOT NULL,
  fired_at TEXT NOT NULL,
  -- Pending work as last measured before a credit re-armed it: if it grows, the threshold fires again.
  pending_seconds INTEGER NOT NULL,
  PRIMARY KEY (client_id, threshold)
) STRICT, WITHOUT ROWID;

-- Clients with a reversed payment: no automatic sales until `block resume`.
CREATE TABLE sales_hold (
  client_id TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  since TEXT NOT NULL,
  run_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Delivered invoices that were missing when last looked up by ID.
CREATE TABLE invoice_missing (
  message_key TEXT PRIMARY KEY,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE push_message (
  -- The order in which messages were written and are sent.
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  client_id TEXT NOT NULL,
  connection TEXT NOT NULL,
  payload TEXT NOT NULL,
  -- JSON of what it was composed from, so that it can be composed again; null: it never is.
  basis TEXT,
  -- The message whose record in the PSA this one needs (a note needs its ticket).
  after_key TEXT,
  status TEXT NOT NULL CHECK (status IN ('pending', 'claimed', 'delivered', 'dead', 'withheld', 'cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT NOT NULL,
  claimed_by TEXT,
  claimed_at TEXT,
  -- Stored before the request is sent; null: no create request was sent, or the vendor rejected it.
  create_attempted_at TEXT,
  remote_id TEXT,
  remote_label TEXT,
  last_error TEXT,
  created_at TEXT NOT NULL,
  settled_at TEXT,
  -- 1: a delivered invoice, but no complete pull of invoices since: it may be mirrored only in part.
  is_unread INTEGER NOT NULL DEFAULT 0,
  run_id TEXT NOT NULL
) STRICT;
CREATE INDEX push_message_unread ON push_message (connection) WHERE is_unread = 1;
CREATE INDEX push_message_waiting ON push_message (next_attempt_at) WHERE status IN ('pending', 'claimed');
CREATE INDEX push_message_client ON push_message (client_id);

-- ── Reconcile ───────────────────────────────────────────────────────────────────────────────────

-- Differences found by the last comparison with each vendor, and since when they exist.
CREATE TABLE difference (
  connection TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- Null: the client is unknown.
  client_id TEXT,
  ours TEXT NOT NULL,
  theirs TEXT NOT NULL,
  fix TEXT NOT NULL,
  -- Difference in worked time; 0: the difference is of another kind, or counted in another row.
  seconds INTEGER NOT NULL CHECK (seconds >= 0),
  found_at TEXT NOT NULL,
  -- The last run that found it.
  run_id TEXT NOT NULL,
  PRIMARY KEY (connection, kind, subject)
) STRICT, WITHOUT ROWID;

-- ── Undo ────────────────────────────────────────────────────────────────────────────────────────

-- Undone runs; each was undone by a run of its own.
CREATE TABLE undo (
  run_id TEXT PRIMARY KEY REFERENCES run (id),
  undo_run_id TEXT NOT NULL REFERENCES run (id),
  undone_at TEXT NOT NULL,
  -- JSON array of what was kept because another run replaced or decided it.
  kept TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the undone run may have left in a PSA, stored in the transaction of the undo, so that a crash
-- between two withdrawals leaves the rest open.
CREATE TABLE undo_message (
  message_key TEXT PRIMARY KEY REFERENCES push_message (key),
  run_id TEXT NOT NULL REFERENCES undo (run_id),
  -- open: still to be withdrawn; withdrawn; absent: it never arrived; by-hand: must be done by hand.
  status TEXT NOT NULL CHECK (status IN ('open', 'withdrawn', 'absent', 'by-hand')),
  detail TEXT,
  settled_at TEXT
) STRICT, WITHOUT ROWID;

-- Blocks whose hours were withdrawn. Opening blocks of the config are opened again as new blocks.
CREATE TABLE undone_block (
  block_id TEXT PRIMARY KEY REFERENCES block (id),
  run_id TEXT NOT NULL REFERENCES undo (run_id)
) STRICT, WITHOUT ROWID;
