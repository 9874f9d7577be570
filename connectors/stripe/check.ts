/** What `check` verifies by reading, with the lightest calls. */
import type { CheckResult, MandateRow, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import {
  checkEachClient,
  listProofs,
  okResult,
  runChecks,
  warningResult,
} from '../kit/checking/checks.ts';
import type { Stripe } from './call.ts';
import { facts } from './facts.ts';
import {
  customerName,
  eventList,
  firstEventAt,
  mandateEvents,
  paymentEvents,
  readCustomer,
} from './lists.ts';
import { chooseMandate, readSaved } from './mandates.ts';
import { schemeOf } from './mapping.ts';
import { AccountWire, type CustomerWire } from './schema.ts';

/** What the clients' checks found, for facts. */
interface Seen {
  account: AccountWire | null;
  debits: number;
  named: number;
}

export function checkConnection(stripe: Stripe, clientIds: readonly SourceId[]) {
  const seen: Seen = { account: null, debits: 0, named: 0 };
  const since = firstEventAt(stripe.context.now());
  return runChecks('Stripe', {
    credentials: ['auth', () => signIn(stripe, seen)],
    lists: listProofs(stripe, {
      payment_intents: { path: '/v1/payment_intents' },
      events: eventList(since, paymentEvents),
      mandate_events: eventList(since, mandateEvents),
      setup_intents: { path: '/v1/setup_intents' },
      charges: { path: '/v1/charges' },
      disputes: { path: '/v1/disputes' },
    }),
    clients: [
      'clients',
      () => checkEachClient('Stripe', clientIds, (id) => checkCustomer(stripe, id, seen)),
    ],
    facts: [['fact.mandate-id', () => verifyMandates(stripe, seen)]],
    known: async () => [await facts.factResult(stripe.context, 'intent-key')],
  });
}

/** A restricted key may not see the account; what it needs is checked list by list. */
async function signIn(stripe: Stripe, seen: Seen): Promise<CheckResult[]> {
  const isTest = stripe.config.secretKey.includes('_test_');
  const mode = isTest ? 'test mode' : 'live mode';
  const results: CheckResult[] = [];
  try {
    seen.account = await stripe.get('/v1/account', AccountWire);
    const { id, country, default_currency: currency } = seen.account;
    const where = [country, currency?.toUpperCase()].flatMap((text) => text || []).join(', ');
    results.push(okResult('auth', `Signed in to ${id} (${where || 'no currency'}) in ${mode}.`));
  } catch (error) {
    if (!isKindError(error, 'permission')) throw error;
    results.push(okResult('auth', `Signed in in ${mode}; the key may not see the account.`));
  }
  if (isTest) {
    const fix = 'Use a live key once everything is tested; customers of test mode are others.';
    results.push(warningResult('mode', 'The key is of test mode: no money is collected.', fix));
  }
  if (seen.account?.charges_enabled === false) {
    const detail = 'The account cannot charge anybody.';
    const fix = 'Complete what Stripe asks for under Settings > Account status.';
    results.push({ id: 'charges', status: 'failed', detail, fix });
  }
  return results;
}

async function checkCustomer(stripe: Stripe, clientId: SourceId, seen: Seen): Promise<CheckResult> {
  const id = `client.${clientId}`;
  const customer = await readCustomer(stripe, clientId);
  if (customer === null) {
    const detail = `Stripe has no customer ${clientId}, or it was deleted.`;
    const fix = 'Correct the client’s ID; a customer of test mode does not exist in live mode.';
    return { id, status: 'failed', detail, fix };
  }
  const saved = await readSaved(stripe, clientId);
  seen.debits += saved.debits;
  seen.named += saved.named;
  const choice = chooseMandate(customer, saved);
  if ('fix' in choice) {
    const unread = saved.rejected.map((one) => ` ${one.sourceId} is unreadable: ${one.reason}.`);
    const detail = `${named(customer)}: ${choice.detail}${unread.join('')}`;
    return { id, status: 'failed', detail, fix: choice.fix };
  }
  const mandate = saved.mandates.get(choice.row.sourceId) ?? null;
  return describeChoice(stripe, id, customer, choice.row, mandate?.id ?? null, seen.account);
}

function named(customer: CustomerWire): string {
  return `${customer.id} ("${customerName(customer)}")`;
}

/** What is charged, and what that allows. */
function describeChoice(
  { context }: Stripe,
  id: string,
  customer: CustomerWire,
  { sourceId, scheme, detail, status }: MandateRow,
  mandateId: SourceId | null,
  account: AccountWire | null,
): CheckResult {
  const { currency = null, capability = '' } = schemeOf(scheme) ?? {};
  const mandate = mandateId === null ? '' : `, mandate ${mandateId}`;
  const allows = currency === null ? 'any currency' : `${currency} only`;
  const state = detail ?? status;
  const found = `${named(customer)}: charges ${sourceId} (${scheme}, ${state}${mandate}), ${allows}.`;
  const capabilityState = account?.capabilities?.[capability];
  if (typeof capabilityState === 'string' && capabilityState !== 'active') {
    const fix = `Activate ${scheme} under Settings > Payment methods in Stripe.`;
    const why = `${found} The account’s ${capability} is ${capabilityState}.`;
    return { id, status: 'failed', detail: why, fix };
  }
  if (currency !== null && currency !== context.currency) {
    const fix = `Sell this client offers in ${currency}, or save a payment method in ${context.currency}.`;
    return warningResult(id, `${found} Offers in ${context.currency} cannot be charged.`, fix);
  }
  return okResult(id, found);
}

async function verifyMandates({ context }: Stripe, seen: Seen): Promise<CheckResult[]> {
  const areNamed = seen.debits === 0 ? null : seen.named === seen.debits;
  await facts.verifyFact(context, 'mandate-id', areNamed);
  return [await facts.factResult(context, 'mandate-id')];
}
