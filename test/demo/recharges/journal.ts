/** What happens to the clients in the PSA and at Stripe, as seen there, in order. */
import { clients } from './cast.ts';
import type { RechargeStage } from './stage.ts';

/** In the order in which a client's are told. */
const kinds = ['charge', 'invoice', 'paid', 'ticket', 'note', 'hours'] as const;

export interface Entry {
  day: number;
  client: string;
  kind: (typeof kinds)[number];
  text: string;
}

type Sighting = Omit<Entry, 'day'> & { id: string };

export class Journal {
  readonly entries: Entry[] = [];
  readonly #stage: RechargeStage;
  readonly #seen = new Set<string>();
  readonly #hours = new Map<string, string>();

  constructor(stage: RechargeStage) {
    this.#stage = stage;
  }

  /** Adds and returns what was not there before, client by client. */
  look(day: number): Entry[] {
    const sightings = [
      ...sightCharges(this.#stage),
      ...sightInvoices(this.#stage),
      ...sightTickets(this.#stage),
      ...sightHours(this.#stage),
    ];
    const fresh = sightings
      .filter((sighting) => this.#isNew(sighting))
      .map(({ id, ...sighting }) => ({ day, ...sighting }))
      .sort((a, b) => placeOf(a) - placeOf(b));
    this.entries.push(...fresh);
    return fresh;
  }

  #isNew({ id, client, kind, text }: Sighting): boolean {
    if (kind === 'hours') {
      const before = this.#hours.get(client);
      this.#hours.set(client, text);
      return before !== text;
    }
    const isNew = !this.#seen.has(id);
    this.#seen.add(id);
    return isNew;
  }
}

function placeOf({ client, kind }: Pick<Entry, 'client' | 'kind'>): number {
  const number = clients.findIndex(({ name }) => name === client);
  return number * kinds.length + kinds.indexOf(kind);
}

function money(amount: number): string {
  return amount.toLocaleString('en-US', { style: 'currency', currency: 'USD' });
}

function sightCharges({ stripe, customers }: RechargeStage): Sighting[] {
  const nameOf = (customer: string | null) => clients[customers.indexOf(customer)]?.name ?? '';
  const charged = [...stripe.state.intents.values()].map(
    ({ id, customer, amount, status }): Sighting => ({
      id: `${id} ${status}`,
      client: nameOf(customer),
      kind: 'charge',
      text: `ACH debit of ${money(amount / 100)}: ${status}`,
    }),
  );
  const returned = stripe.state.disputes.map(
    ({ id, intent, amount, reason }): Sighting => ({
      id,
      client: nameOf(intent.customer),
      kind: 'charge',
      text: `ACH debit of ${money(amount / 100)}: returned (${reason})`,
    }),
  );
  return [...charged, ...returned];
}

function sightInvoices({ psa }: RechargeStage): Sighting[] {
  return psa.state.listInvoices().flatMap(({ id, number, company: client, total, balance }) => {
    const text = `Invoice ${number}, ${money(total)}`;
    const invoice: Sighting = { id: `invoice ${id}`, client, kind: 'invoice', text };
    if (balance > 0) return [invoice];
    return [invoice, { id: `paid ${id}`, client, kind: 'paid', text: `${text}, is paid` }];
  });
}

/** Tickets that the program made, by their subjects, and what the client reads on them. */
function sightTickets({ psa }: RechargeStage): Sighting[] {
  const own = psa.state.listTickets().filter(({ externalXRef }) => externalXRef !== null);
  return own.flatMap(({ id, company: client, summary, notes }) => [
    {
      id: `ticket ${id}`,
      client,
      kind: 'ticket',
      text: `Ticket: ${summary.replace(/^.*? – .*?: /, '')}`,
    },
    ...notes
      .filter(({ audience }) => audience === 'client')
      .map(
        ({ text }): Sighting => ({
          id: text,
          client,
          kind: 'note',
          text: `Client reads: ${gistOf(text)}`,
        }),
      ),
  ]);
}

/** The first sentence after the greeting. */
function gistOf(text: string): string {
  const [, said = ''] = text.split('\n\n');
  return said.split('\n')[0] ?? '';
}

/** The balance as technicians see it on the client's record. */
function sightHours({ psa, companies }: RechargeStage): Sighting[] {
  return companies.flatMap((company, index): Sighting[] => {
    const [field] = psa.state.tables.companies.get(company).customFields as { value: unknown }[];
    if (field === undefined) return [];
    const client = clients[index]?.name ?? '';
    const text = `Hours left, as the PSA shows: ${field.value}`;
    return [{ id: client, client, kind: 'hours', text }];
  });
}
