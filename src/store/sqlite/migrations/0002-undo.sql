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
