import { sharersOf } from '../../domain/agreements/shares.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { formatIn, sizeIn } from '../../domain/format.ts';
import { pushKeyOf } from '../../domain/keys.ts';
import { type KindBalance, ownLeft } from '../../domain/thresholds/positions.ts';
import { type DateText, dateInZone } from '../../domain/time.ts';
import { accountFrom, type NewMessage, type Recharge } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import { sourceIdOf, toMessage } from '../messages/compose.ts';
import { inProse } from '../messages/phrases.ts';
import { composeRechargeNote, type RechargeStep } from '../messages/recharge-note.ts';
import { positionsOf, readOwed } from '../position.ts';

interface Step {
  client: Client;
  recharge: Recharge;
  event: RechargeStep['event'];
  /** When it is charged; null: not said. */
  on: DateText | null;
}

/** The client's note on a step, on the ticket of the alert. */
export async function composeStep(
  context: ReplenishContext,
  { client, recharge, event, on }: Step,
): Promise<NewMessage> {
  const { block, ticketKey, stateAt, label, invoice, charge, priceMinor, attempts } = recharge;
  const occasion = event === 'retry' ? `${stateAt} ${attempts}` : stateAt;
  const key = pushKeyOf(
    'note',
    client.id,
    `${context.firstRunAt} ${block.key} ${event} ${occasion}`,
  );
  const { subject, body } = composeRechargeNote(context, client, key, {
    event,
    size: sizeOf(client, recharge),
    amountMinor: charge?.amountMinor ?? invoice?.totalMinor ?? priceMinor,
    currency: block.currency,
    invoice: label,
    on,
    kinds: await readKinds(context, client),
    usedSeconds:
      event === 'collected' ? await context.store.readUsedBefore(client.id, block.id) : null,
  });
  return toMessage(context, client, 'ticket-note', key, ticketKey, {
    clientId: sourceIdOf(client),
    ticketId: '',
    audience: 'client',
    subject,
    body,
  });
}

/** Hours, or money for a money block, as the client reads. */
export function sizeOf(client: Client, { block }: Pick<Recharge, 'block'>): string {
  const format = inProse(formatIn(client));
  const { amountMinor, seconds, currency } = block;
  return sizeIn(format, seconds, amountMinor, currency);
}

/** What the client has left, each kind of hours separately. */
async function readKinds(context: ReplenishContext, client: Client): Promise<KindBalance[]> {
  const [ledger] = await context.store.readLedgers([client.id], { isAllBlocks: true });
  if (ledger === undefined) throw new Error(`${client.name} has no ledger`);
  const positions = positionsOf(accountFrom(ledger, sharersOf(context.clients)), ledger, {
    client,
    today: dateInZone(context.at, client.timezone),
    pendingSeconds: 0,
    history: null,
    owed: (await readOwed(context, [client], [ledger])).get(client.id) ?? null,
  });
  return ownLeft(positions);
}
