/** What `check` verifies by reading, with the lightest calls. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import {
  checkEachClient,
  listProofs,
  okResult,
  runChecks,
  warningResult,
} from '../kit/checking/checks.ts';
import { readableRows } from '../kit/reading/lists.ts';
import type { GoCardless } from './call.ts';
import { liveUrl } from './config.ts';
import { facts } from './facts.ts';
import { customerName, eventList, readCustomer } from './lists.ts';
import { chooseMandate } from './mandates.ts';
import { currencyOf, isNew } from './mapping.ts';
import { CreditorWire, type CustomerWire, type MandateWire } from './schema.ts';

export function checkConnection(gc: GoCardless, clientIds: readonly SourceId[]) {
  const chosen: MandateWire[] = [];
  const since = addSeconds(instantFromMs(gc.context.now()), -3600);
  return runChecks('GoCardless', {
    credentials: ['auth', () => signIn(gc)],
    lists: listProofs(gc, {
      payments: { path: '/payments' },
      payment_events: eventList(since, 'payments'),
      refund_events: eventList(since, 'refunds'),
      mandate_events: eventList(since, 'mandates'),
    }),
    clients: [
      'clients',
      () => checkEachClient('GoCardless', clientIds, (id) => checkCustomer(gc, id, chosen)),
    ],
    facts: [['fact.new-mandate', () => verifyNewMandates(gc, chosen)]],
    known: async () => [await facts.factResult(gc.context, 'payment-key')],
  });
}

async function signIn(gc: GoCardless): Promise<CheckResult[]> {
  const creditors = await readableRows(gc, { path: '/creditors' }, CreditorWire);
  const isLive = gc.config.baseUrl === liveUrl;
  const names = creditors.map(({ id, name }) => name || id).join(', ');
  const where = isLive ? 'the live environment' : 'a sandbox';
  const results = [okResult('auth', `Signed in as ${names || 'an organisation'} to ${where}.`)];
  if (!isLive) {
    const fix = `Use ${liveUrl} and a live token once everything is tested; its customers are others.`;
    results.push(warningResult('mode', 'This is a sandbox: no money is collected.', fix));
  }
  const open = creditors.filter(({ verification_status: state }) => state === 'action_required');
  if (open.length > 0) {
    const fix = 'Complete the verification in GoCardless (Settings).';
    const detail = 'The organisation is not verified: what is collected is not paid out.';
    results.push(warningResult('verification', detail, fix));
  }
  if (creditors.length > 0) results.push(okResult('notices', noticesOf(creditors)));
  return results;
}

/** Who tells the payer before each debit. */
function noticesOf(creditors: readonly CreditorWire[]): string {
  const isOurs = creditors.some((one) => one.merchant_responsible_for_notifications === true);
  return isOurs
    ? 'The organisation itself notifies payers before each debit.'
    : 'GoCardless notifies payers before each debit.';
}

async function checkCustomer(
  gc: GoCardless,
  clientId: SourceId,
  chosen: MandateWire[],
): Promise<CheckResult> {
  const id = `client.${clientId}`;
  const customer = await readCustomer(gc, clientId);
  if (customer === null) {
    const detail = `GoCardless has no customer ${clientId}, or it was removed.`;
    const fix = 'Correct the client’s ID; a customer of a sandbox does not exist in live mode.';
    return { id, status: 'failed', detail, fix };
  }
  const { currency } = gc.context;
  const ours = await chooseMandate(gc, clientId, currency);
  const choice = 'fix' in ours ? await chooseMandate(gc, clientId, null) : ours;
  if ('fix' in choice) {
    const detail = `${named(customer)}: ${choice.detail}`;
    return { id, status: 'failed', detail, fix: choice.fix };
  }
  chosen.push(choice.mandate);
  const found = describeMandate(customer, choice.mandate);
  if (choice === ours) return okResult(id, found);
  const other = currencyOf(choice.mandate.scheme);
  const fix = `Sell this client offers in ${other}, or set up a mandate in ${currency}.`;
  return warningResult(id, `${found} Offers in ${currency} cannot be charged.`, fix);
}

function named(customer: CustomerWire): string {
  return `${customer.id} ("${customerName(customer)}")`;
}

function describeMandate(customer: CustomerWire, mandate: MandateWire): string {
  const { id, scheme, status, reference, next_possible_charge_date: from } = mandate;
  const what = [scheme, status, reference && `reference ${reference}`].flatMap(
    (text) => text || [],
  );
  const earliest = from ? `, from ${from}` : '';
  const approval = mandate.payments_require_approval === true ? ', each approved by the payer' : '';
  const allows = `any amount in ${currencyOf(scheme)} only${earliest}${approval}`;
  return `${named(customer)}: charges ${id} (${what.join(', ')}), ${allows}.`;
}

async function verifyNewMandates(
  { context }: GoCardless,
  chosen: readonly MandateWire[],
): Promise<CheckResult[]> {
  const fresh = chosen.filter(isNew);
  const answer = fresh.every((one) => one.next_possible_charge_date != null);
  await facts.verifyFact(context, 'new-mandate', fresh.length === 0 ? null : answer);
  return [await facts.factResult(context, 'new-mandate')];
}
