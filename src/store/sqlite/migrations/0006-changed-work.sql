-- Clients whose work was debited again since their alarms last looked at it. Empty at first: only work
-- that changes from now on alarms anybody.
CREATE TABLE changed_work (
  client_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
