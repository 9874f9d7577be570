/** The notes that inform the client of each step of a recharge. */

import type { Client } from '../../domain/agreements/terms.ts';
import { formatIn } from '../../domain/format.ts';
import type { KindBalance } from '../../domain/thresholds/positions.ts';
import type { DateText } from '../../domain/time.ts';
import type { ReplenishContext } from '../context.ts';
import { addressedBalance, contactPhrase, inProse } from './phrases.ts';

export interface RechargeStep {
  event: 'announced' | 'collected' | 'overdue' | 'failed' | 'retry' | 'returned' | 'ended';
  /** Sold by a user, not by a threshold. */
  isByHand?: boolean;
  /** Hours, or money for a money block. */
  size: string;
  /** What was or will be collected: with tax once the invoice is known. */
  amountMinor: number;
  currency: string;
  /** Its number; null before it is known. */
  invoice: string | null;
  /** When it is charged; null: not said. */
  on: DateText | null;
  /** What the client has. */
  kinds: readonly KindBalance[];
  /** Charged since the block before; null: not said. */
  usedSeconds: number | null;
}

export function composeRechargeNote(
  { templates, sender }: Pick<ReplenishContext, 'templates' | 'sender'>,
  client: Client,
  key: string,
  { amountMinor, currency, usedSeconds, kinds, on, isByHand = false, ...step }: RechargeStep,
): { subject: string; body: string } {
  const format = inProse(formatIn(client));
  return templates.render('recharge-note', client.locale, {
    ...step,
    client: client.name,
    isByHand,
    isRepeated: client.agreement.replenish.some((rule) => rule.do.includes('recharge')),
    on: on === null ? null : format.date(on),
    isCharged: client.agreement.recharge?.collect !== 'psa',
    noticeDays: client.agreement.recharge?.noticeDays ?? 0,
    amount: format.money(amountMinor, currency),
    youHave: addressedBalance(kinds, 'netSeconds', format),
    used: usedSeconds === null || usedSeconds <= 0 ? null : format.duration(usedSeconds),
    sender: sender?.name ?? null,
    contact: contactPhrase(sender, format),
    key,
  });
}
