import type { PushKind, VendorModule } from '../../contract/connector.ts';
import { atKey, atValue, type Path, type Problem } from '../fault.ts';
import { keyed, listed, textAt, valueAt, withOverrides } from '../read/raw.ts';

/** Two clients must never share a name or a vendor ID, or one would pay for the other. */
export function sharedIdentities(raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const path = ['clients', index];
    const name = textAt(client, 'name')?.trim() ?? null;
    const shown = name ?? `number ${index + 1}`;
    if (name !== null) {
      const key = `name ${name.toLowerCase()}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, shown);
      else
        problems.push(
          atValue(
            [...path, 'name'],
            `there are two clients named "${first}"; give each a unique name`,
          ),
        );
    }
    const ids = ['ids', 'formerIds'].flatMap((field) =>
      keyed(valueAt(client, [field])).map(([connection, id]) => ({ field, connection, id })),
    );
    for (const { field, connection, id } of ids) {
      if (typeof id !== 'string') continue;
      const key = `id ${connection} ${id}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, shown);
      else {
        const message = `${connection} ${id} is already used by client "${first}"; an ID belongs to one client only`;
        problems.push(atValue([...path, field, connection], message));
      }
    }
  }
  return problems;
}

/** Each client's alerts and invoices need a connection that supports them. */
export function pushTargets(raw: unknown, vendors: readonly VendorModule[]): Problem[] {
  const problems: Problem[] = [];
  const connections = keyed(valueAt(raw, ['connections'])).map(([name]) => name);
  const vendorOf = (connection: string) => {
    return vendors.find((vendor) => vendor.id === textAt(raw, 'connections', connection, 'vendor'));
  };
  const told = new Set<string>();
  const cannot = (connection: string, kind: PushKind, path: Path, why: string) => {
    const vendor = vendorOf(connection);
    if (vendor === undefined || vendor.pushes.includes(kind)) return;
    // One fault per setting, not one per client.
    const key = JSON.stringify([kind, path]);
    if (told.has(key)) return;
    told.add(key);
    const able = connections.filter((name) => vendorOf(name)?.pushes.includes(kind));
    const better =
      able.length === 0 ? 'add a connection that can' : `use one that can: ${able.join(', ')}`;
    problems.push(atValue(path, `"${connection}" (${vendor.title}) cannot ${why}; ${better}`));
  };

  const field = textAt(raw, 'balanceField', 'connection');
  if (field !== null) {
    cannot(field, 'balance-field', ['balanceField', 'connection'], 'show a balance in a field');
  }
  const notice = textAt(raw, 'notify', 'client');
  if (notice !== null) {
    const path = ['notify', 'client'];
    const found = findNoticeClient(raw);
    const message =
      'no connection for the ticket; add pushTo at the top of the file, or name a client of the file with an ID in its pushTo';
    if (found === null) problems.push(atValue(path, message));
    else cannot(found.connection, 'alert-ticket', path, 'take tickets');
  }
  for (const [index, client] of listed(valueAt(raw, ['clients'])).entries()) {
    const isOwn = textAt(client, 'pushTo') !== null;
    const target = pushTarget(raw, client);
    if (target === null) {
      const message =
        'no connection for alerts and invoices; add pushTo at the top of the file, or here';
      if (connections.length > 1) problems.push(atKey(['clients', index], message));
      continue;
    }
    if (!connections.includes(target)) continue;
    const ids = valueAt(client, ['ids']);
    if (keyed(ids).length > 0 && textAt(ids, target) === null) {
      const message = `no ID in "${target}", which gets this client's alerts and invoices; add ${target}: …, or change pushTo`;
      problems.push(atKey(['clients', index, 'ids'], message));
    }
    const inFile = textAt(raw, 'pushTo') === null ? ['connections', target, 'vendor'] : ['pushTo'];
    const path = isOwn ? ['clients', index, 'pushTo'] : inFile;
    const needs = neededPushes(effectiveTerms(raw, client));
    if (needs.alert) cannot(target, 'alert-ticket', path, 'take alerts');
    if (needs.note) cannot(target, 'ticket-note', path, 'take notes for the client');
    if (needs.invoice) cannot(target, 'invoice', path, 'take invoices');
  }
  return problems;
}

/** The client's own `pushTo`, else the file's, else the only connection there is. */
export function pushTarget(raw: unknown, client: unknown): string | null {
  const connections = keyed(valueAt(raw, ['connections'])).map(([name]) => name);
  const only = connections.length === 1 ? (connections[0] ?? null) : null;
  return textAt(client, 'pushTo') ?? textAt(raw, 'pushTo') ?? only;
}

/** The client of that name in the file; else the text is an ID in the PSA that gets alerts. */
export function findNoticeClient(raw: unknown): { connection: string; sourceId: string } | null {
  const text = textAt(raw, 'notify', 'client')?.trim() ?? null;
  if (text === null) return null;
  const client = listed(valueAt(raw, ['clients'])).find(
    (one) => textAt(one, 'name')?.trim().toLowerCase() === text.toLowerCase(),
  );
  const connection = pushTarget(raw, client);
  if (connection === null) return null;
  const sourceId = client === undefined ? text : textAt(client, 'ids', connection);
  return sourceId === null ? null : { connection, sourceId };
}

/** The first of each name; a second one is a fault of its own. */
export function clientsByName(clients: readonly unknown[]): ReadonlyMap<string, unknown> {
  const byName = new Map<string, unknown>();
  for (const client of clients) {
    const name = textAt(client, 'name');
    if (name !== null && !byName.has(name)) byName.set(name, client);
  }
  return byName;
}

/** The raw agreement of a client, overrides included. */
export function effectiveTerms(raw: unknown, client: unknown): Record<string, unknown> {
  const agreement = valueAt(raw, ['agreements', textAt(client, 'agreement') ?? '']);
  return withOverrides(agreement, valueAt(client, ['overrides']));
}

function neededPushes(terms: unknown): { alert: boolean; note: boolean; invoice: boolean } {
  const rules = listed(valueAt(terms, ['replenish']));
  const has = (key: string, value: string) =>
    rules.some((rule) => listed(valueAt(rule, [key])).includes(value));
  return {
    alert: has('do', 'alert') || has('do', 'recharge'),
    note: (has('do', 'alert') && has('tell', 'client')) || has('do', 'recharge'),
    invoice:
      has('do', 'invoice') ||
      has('do', 'recharge') ||
      valueAt(terms, ['overage', 'invoice']) !== undefined,
  };
}
