-- Beside the tables and indexes of SQLite's first migration: what PostgreSQL needs of its own.

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

-- ── Append-only ─────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: %', tg_argv[0], tg_argv[1];
END $$;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('the ledger', 'add a reversal');
CREATE TRIGGER charge_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON charge
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a charge', 'add a revision');
-- The owner gives up the right, too: a trigger that somebody has switched off does not open the ledger.
REVOKE UPDATE, DELETE, TRUNCATE ON ledger, charge FROM CURRENT_USER;

-- ── Who works on the store ──────────────────────────────────────────────────────────────────────

-- One row at most. Each write of the holder renews its lease, and fails once another one has it.
CREATE TABLE lease (
  is_only BOOLEAN PRIMARY KEY DEFAULT true CHECK (is_only),
  holder TEXT NOT NULL,
  purpose TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  since TEXT NOT NULL,
  ends_at timestamptz NOT NULL
);

-- By the server's clock. Null: somebody else has it.
CREATE FUNCTION take_lease(holder text, purpose text, host text, pid bigint, since text)
RETURNS boolean LANGUAGE sql AS $$
  INSERT INTO lease AS held (holder, purpose, host, pid, since, ends_at)
  VALUES ($1, $2, $3, $4, $5, clock_timestamp() + interval '30 seconds')
  ON CONFLICT (is_only) DO UPDATE SET holder = $1, purpose = $2, host = $3, pid = $4, since = $5,
    ends_at = excluded.ends_at
  WHERE held.ends_at < clock_timestamp() RETURNING true $$;
CREATE FUNCTION renew_lease(holder text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE lease SET ends_at = clock_timestamp() + interval '30 seconds' WHERE lease.holder = $1;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING errcode = 'PH001', message = 'another process has taken over';
  END IF;
END $$;
