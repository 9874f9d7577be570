import { atValue, type Path, type Problem } from '../fault.ts';
import { suggestion } from '../nearest.ts';
import { isKeyed, keyed, listed, textAt, valueAt } from '../read/raw.ts';
import { clientsByName } from './client-checks.ts';

/** `paidBy` is a single step, and only for clients without blocks of their own. */
export function sharingFaults(raw: unknown): Problem[] {
  const clients = listed(valueAt(raw, ['clients']));
  const byName = clientsByName(clients);
  const payers = new Set(clients.map((client) => textAt(client, 'paidBy')));
  return clients.flatMap((client, index) => {
    const path = ['clients', index];
    const isSharing = textAt(client, 'paidBy') !== null || payers.has(textAt(client, 'name'));
    return [...payerFaults(client, byName, path), ...shareFaults(client, isSharing, path)];
  });
}

function payerFaults(client: unknown, byName: ReadonlyMap<string, unknown>, path: Path): Problem[] {
  const paidBy = textAt(client, 'paidBy');
  if (paidBy === null) return [];
  const at = [...path, 'paidBy'];
  const payer = byName.get(paidBy);
  if (payer === undefined) {
    const message = `there is no client "${paidBy}"; ${suggestion(paidBy, [...byName.keys()], 'clients')}`;
    return [atValue(at, message)];
  }
  if (payer === client)
    return [atValue(at, 'a client pays for itself by default; remove this line')];
  const above = textAt(payer, 'paidBy');
  if (above !== null) {
    return [atValue(at, `"${paidBy}" is itself paid for by "${above}"; use "${above}" here`)];
  }
  const message = `"${paidBy}" pays for this client, so it cannot have its own blocks; move these to "${paidBy}"`;
  return ['openingBlocks', 'pastBlocks'].flatMap((list) =>
    listed(valueAt(client, [list])).length === 0 ? [] : [atValue([...path, list], message)],
  );
}

function shareFaults(client: unknown, isSharing: boolean, path: Path): Problem[] {
  const share = valueAt(client, ['share']);
  if (!isKeyed(share)) return [];
  const at = [...path, 'share'];
  if (!isSharing) {
    const message = 'this client shares no blocks; remove this, or set paidBy';
    return [atValue(at, message)];
  }
  if (keyed(share).length === 1) return [];
  return [atValue(at, 'a share needs exactly one of percent and hours')];
}
