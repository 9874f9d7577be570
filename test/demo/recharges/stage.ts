/** The PSA and the Stripe account of the story, and what people do in them. */
import { addSeconds } from '../../../src/domain/time.ts';
import {
  type ConnectwiseSandbox,
  startConnectwiseSandbox,
} from '../../sandbox/connectwise/index.ts';
import { type StripeSandbox, startStripeSandbox } from '../../sandbox/stripe/index.ts';
import { clients, work } from './cast.ts';
import type { Clock } from './clock.ts';

export const balanceFieldName = 'Prepaid hours left';

export interface RechargeStage {
  psa: ConnectwiseSandbox;
  stripe: StripeSandbox;
  clock: Clock;
  /** Ids by the client's index. */
  companies: readonly number[];
  customers: readonly (string | null)[];
  /** Enters and closes what was worked until that day. */
  workUntil(day: number): void;
  /** This client's payment is booked on the invoices. */
  book(client: string): void;
  close(): Promise<void>;
}

export async function openRechargeStage(clock: Clock): Promise<RechargeStage> {
  const now = clock.nowMs;
  const psa = await startConnectwiseSandbox({ now });
  const stripe = await startStripeSandbox({ now });
  const companies = clients.map(({ name }) =>
    psa.state.addCompany({ name, currency: 'USD', at: clock.at(-60) }),
  );
  psa.state.addCustomField({ caption: balanceFieldName });
  return {
    psa,
    stripe,
    clock,
    companies,
    customers: clients.map((client) => addCustomer(stripe, client)),
    workUntil: createWorker(psa, clock, companies),
    book(client) {
      const open = psa.state.listInvoices().filter((one) => one.company === client);
      for (const { id, balance } of open) if (balance > 0) psa.state.payInvoice(id);
    },
    async close() {
      await psa.close();
      await stripe.close();
    },
  };
}

/** With a bank account that the client has allowed to be debited. */
function addCustomer(
  { state }: StripeSandbox,
  { name, collect, returnedAfterDays: afterDays }: (typeof clients)[number],
): string | null {
  if (collect === 'psa') return null;
  const customer = state.addCustomer(name);
  const disputed = { afterDays: afterDays ?? 0, reason: 'debit_not_authorized' };
  const behaviour = afterDays === undefined ? {} : { disputed };
  state.setDefault(customer, state.addMethod(customer, 'us_bank_account', { behaviour }));
  return customer;
}

function createWorker(
  { state }: ConnectwiseSandbox,
  clock: Clock,
  companies: readonly number[],
): RechargeStage['workUntil'] {
  const board = state.addBoard({ name: 'Help Desk' });
  const member = state.addMember({ name: 'Grace Miller' });
  const workType = state.addWorkType({ name: 'Remote' });
  const left = new Set(work);
  return (until) => {
    for (const item of left) {
      const { day, client, hours, summary } = item;
      if (day > until) continue;
      left.delete(item);
      const end = clock.at(day);
      const start = addSeconds(end, -hours * 3600);
      const company = companies[client] ?? 0;
      const ticket = state.addTicket({ company, board, summary, at: start });
      state.addTime({ ticket, member, workType, start, hours: hours.toFixed(2), at: end });
      state.closeTicket(ticket, end);
    }
  };
}
