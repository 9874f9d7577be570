-- Agreements as clients accepted them, for ever: what was agreed, and the document itself.
CREATE TABLE accepted_agreement (
  client_id TEXT NOT NULL REFERENCES client (id),
  -- Counted per client, from 1.
  version INTEGER NOT NULL CHECK (version > 0),
  -- Everything in the document that came from the config, as canonical JSON.
  terms TEXT NOT NULL,
  terms_hash TEXT NOT NULL,
  -- The document in its two forms, and the SHA-256 of each.
  html TEXT NOT NULL,
  html_hash TEXT NOT NULL,
  text TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  -- The day on the document, and that of the acceptance.
  dated_on TEXT NOT NULL,
  accepted_on TEXT NOT NULL,
  -- Where the signed document is: an envelope, a file, a ticket.
  evidence TEXT NOT NULL CHECK (evidence <> ''),
  -- Who signed for the client. Null: not entered.
  accepted_by TEXT,
  recorded_at TEXT NOT NULL,
  run_id TEXT NOT NULL,
  PRIMARY KEY (client_id, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER accepted_agreement_is_append_only_update BEFORE UPDATE ON accepted_agreement BEGIN
  SELECT raise(ABORT, 'accepted agreements are append-only: record another version');
END;
CREATE TRIGGER accepted_agreement_is_append_only_delete BEFORE DELETE ON accepted_agreement BEGIN
  SELECT raise(ABORT, 'accepted agreements are append-only: record another version');
END;
-- INSERT OR REPLACE would delete the old row without firing a DELETE trigger.
CREATE TRIGGER accepted_agreement_is_append_only_insert BEFORE INSERT ON accepted_agreement
WHEN EXISTS (SELECT 1 FROM accepted_agreement
  WHERE client_id = new.client_id AND version = new.version) BEGIN
  SELECT raise(ABORT, 'accepted agreements are append-only: this version already exists');
END;
