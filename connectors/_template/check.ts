/** What `check` verifies by reading, with the lightest calls. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { checkClients, listProofs, runChecks } from '../kit/checking/checks.ts';
import { firstPage, readableRows } from '../kit/reading/lists.ts';
import type { PlainDesk } from './call.ts';
import { facts } from './facts.ts';
import { ClientWire } from './schema.ts';

export function checkConnection(desk: PlainDesk, clientIds: readonly SourceId[]) {
  return runChecks('Plain Desk', {
    credentials: ['auth', () => signIn(desk)],
    lists: listProofs(desk, {
      tickets: { path: '/tickets' },
      time: { path: '/time' },
      invoices: { path: '/invoices' },
    }),
    clients: ['clients', () => checkIds(desk, clientIds)],
    known: () =>
      Promise.all([
        facts.factResult(desk.context, 'ticket-key'),
        facts.factResult(desk.context, 'invoice-key'),
      ]),
  });
}

async function signIn(desk: PlainDesk): Promise<string> {
  await firstPage(desk, { path: '/clients' });
  return `Signed in at ${desk.config.baseUrl}.`;
}

async function checkIds(desk: PlainDesk, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const clients = await readableRows(desk, { path: '/clients' }, ClientWire);
  const known = new Set(clients.map(({ id }) => id));
  return checkClients('Plain Desk', clientIds, async (id) => {
    if (known.has(id)) return null;
    const fix = 'Correct the client’s ID in the config, or let the API user see the client.';
    return { detail: `Plain Desk shows no client ${id}.`, fix };
  });
}
