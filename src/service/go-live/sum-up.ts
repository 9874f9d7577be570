import type { GoLiveClient } from './read-clients.ts';

export interface GoLiveSummary {
  alerts: number;
  notes: number;
  invoices: number;
  invoiceTotals: { currency: string; totalMinor: number }[];
  balanceFields: number;
  /** Clients with a level that is reached and not marked as told. */
  clientsReached: number;
}

export function sumUp(clients: readonly GoLiveClient[]): GoLiveSummary {
  const invoices = clients.flatMap((client) => client.invoices);
  const totals = new Map<string, number>();
  for (const { currency, totalMinor } of invoices) {
    totals.set(currency, (totals.get(currency) ?? 0) + totalMinor);
  }
  return {
    alerts: clients.reduce((sum, { alerts }) => sum + alerts.length, 0),
    notes: clients.reduce((sum, { notes }) => sum + notes.length, 0),
    invoices: invoices.length,
    invoiceTotals: [...totals].map(([currency, totalMinor]) => ({ currency, totalMinor })),
    balanceFields: clients.reduce((sum, client) => sum + client.balanceFields.length, 0),
    clientsReached: clients.filter(({ levels }) => levels.length > 0).length,
  };
}
