import { atKey, atValue, type Path, type Problem } from '../fault.ts';
import { isKeyed, keyed, listed, textAt, valueAt } from '../read/raw.ts';
import { effectiveTerms } from './client-checks.ts';

/** Terms of unlogged time that could not be applied, and technicians who would be two people. */
export function sessionFaults(raw: unknown): Problem[] {
  const agreements = keyed(valueAt(raw, ['agreements'])).flatMap(([name, terms]) =>
    unloggedFaults(terms, ['agreements', name]),
  );
  const clients = listed(valueAt(raw, ['clients'])).flatMap((client, index) => {
    const own = valueAt(client, ['overrides']);
    const isOwn = ['unloggedTime', 'debitWhen'].some((key) => valueAt(own, [key]) !== undefined);
    return isOwn
      ? unloggedFaults(effectiveTerms(raw, client), ['clients', index, 'overrides'])
      : [];
  });
  return [...agreements, ...clients, ...technicianFaults(raw)];
}

function unloggedFaults(terms: unknown, path: Path): Problem[] {
  const unlogged = valueAt(terms, ['unloggedTime']);
  const action = isKeyed(unlogged) ? textAt(unlogged, 'do') : unlogged;
  if (action !== 'debit') return [];
  if (textAt(terms, 'debitWhen') === 'approved') {
    const message =
      'nobody approves time that was not logged, so with debitWhen: approved it would never be debited; use propose';
    return [atValue([...path, 'unloggedTime'], message)];
  }
  if (textAt(unlogged, 'workType') !== null) return [];
  const message =
    'debit needs the work type of the debited time; write, for example, { do: debit, workType: Remote }';
  return [atValue([...path, 'unloggedTime'], message)];
}

function technicianFaults(raw: unknown): Problem[] {
  const owners = new Map<string, string>();
  const connections = new Set(keyed(valueAt(raw, ['connections'])).map(([name]) => name));
  return listed(valueAt(raw, ['technicians'])).flatMap((technician, index) =>
    keyed(valueAt(technician, ['ids'])).flatMap(([connection, id]) => {
      const path = ['technicians', index, 'ids', connection];
      if (!connections.has(connection)) {
        return [atKey(path, `there is no connection "${connection}"; use one of connections`)];
      }
      const key = `${connection}: ${id}`;
      const owner = owners.get(key);
      owners.set(key, textAt(technician, 'name') ?? '');
      if (owner === undefined) return [];
      return [atValue(path, `${key} is already "${owner}"; keep it for one technician`)];
    }),
  );
}
