-- Charges at payment providers, and their customers' mandates. Bank details are never stored.
CREATE TABLE mirror_payment (
  connection TEXT NOT NULL,
  source_id TEXT NOT NULL,
  reference TEXT,
  client_id TEXT,
  status TEXT NOT NULL CHECK (status IN ('submitted', 'succeeded', 'failed', 'cancelled')),
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  -- Refunded, returned or disputed.
  reversed_minor INTEGER NOT NULL,
  reason TEXT,
  failure TEXT,
  created_at TEXT NOT NULL,
  settled_on TEXT,
  revision TEXT NOT NULL,
  PRIMARY KEY (connection, source_id)
) STRICT, WITHOUT ROWID;
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
) STRICT, WITHOUT ROWID;
CREATE INDEX mirror_mandate_client ON mirror_mandate (connection, client_id);

-- Sales that are collected without the client: one row per ordered block. Price and invoice are
-- those of the invoice's message.
CREATE TABLE recharge (
  block_id TEXT PRIMARY KEY REFERENCES block (id),
  client_id TEXT NOT NULL REFERENCES client (id),
  -- 'psa': by whatever collects the PSA's invoices; otherwise a payment provider's connection.
  collect TEXT NOT NULL,
  invoice_key TEXT NOT NULL REFERENCES push_message (key),
  -- The ticket on which the client is informed of each step.
  ticket_key TEXT NOT NULL REFERENCES push_message (key),
  -- The largest price that may be charged. Null: nothing is sent until a user approves it.
  approved_minor INTEGER,
  state TEXT NOT NULL
    CHECK (state IN ('requested', 'submitted', 'collected', 'failed', 'returned', 'ended')),
  state_at TEXT NOT NULL,
  -- On the client's calendar.
  requested_on TEXT NOT NULL,
  collected_on TEXT,
  -- Charges requested so far; 0 if the PSA's invoice is collected. The key is the last one's.
  attempts INTEGER NOT NULL,
  charge_key TEXT,
  -- The note that announces the next charge: nothing is charged before it was delivered.
  notice_key TEXT NOT NULL,
  -- After a decline: the first day on which it may be charged again; null: a user decides.
  retry_on TEXT,
  run_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX recharge_client ON recharge (client_id, requested_on);
CREATE INDEX recharge_invoice ON recharge (invoice_key);
CREATE INDEX recharge_ticket ON recharge (ticket_key);
