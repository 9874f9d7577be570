import type { SmallMsp } from './small-msp.ts';

interface Balances {
  clients: { client: string; settledSeconds: number; blocks: { remainingSeconds: number }[] }[];
}

/** What people see at the end: the balances, and everything that was written into the PSA. */
export interface Ending {
  balances: unknown;
  tickets: string[];
  notes: string[];
  invoices: { reference: string | null; total: number; lines: number }[];
}

/** Keys are unlike in each installation, so that two of them never take each other's records. */
function withoutKeys(ending: Ending): Ending {
  const text = JSON.stringify(ending)
    .replace(/\b(ph:\w+:dupont):[0-9a-f]{12}/g, '$1:KEY')
    // The alert has the invoice's number where that came first, else its key.
    .replace(/Invoice: (?:\d+|ph:inv:dupont:KEY)\\n/g, 'Invoice: …\\n')
    .replace(/"id":"b-[0-9a-f]+"/g, '"id":"BLOCK"');
  return JSON.parse(text) as Ending;
}

export async function endingOf(msp: SmallMsp): Promise<Ending> {
  const { clients } = await msp.ask<Balances>('balances');
  const tickets = msp.psa.state.listTickets().filter((ticket) => ticket.externalXRef !== null);
  return withoutKeys({
    // Moments differ between two histories; nothing else may.
    balances: clients.map(({ client, ...rest }) => [
      client,
      Object.entries(rest).filter(([name]) => name !== 'lastAlert'),
    ]),
    tickets: tickets.map((ticket) => `${ticket.externalXRef} ${ticket.summary}`),
    notes: tickets.flatMap((ticket) => ticket.notes.map((note) => note.text)).sort(),
    invoices: msp.psa.state
      .listInvoices()
      .map(({ reference, total, lines }) => ({ reference, total, lines: lines.length })),
  });
}
