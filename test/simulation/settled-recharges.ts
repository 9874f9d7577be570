/** What must hold of recharges once the faults have stopped and one run went through. */
import type { Auditor } from './auditor.ts';
import type { LedgerRow } from './books.ts';
import { sum } from './model.ts';
import { declinesIn } from './provider.ts';
import { countNotes, type NoteEvent } from './recharge-notes.ts';
import type { SeenRecharge } from './seen-recharge.ts';
import { dayMs } from './terms.ts';
import { Violation } from './violation.ts';

export function auditRecharges(auditor: Auditor, today: string): void {
  const { books, recharges, terms } = auditor;
  if (terms.recharge === null) return;
  const ledger = books.ledger();
  for (const row of books.recharges()) {
    const recharge = recharges.all.get(row.invoiceKey);
    if (recharge === undefined) throw new Error(`nobody saw recharge ${row.invoiceKey}`);
    checkMoney(auditor, recharge, ledger);
    checkNotes(auditor, recharge, today);
    recharges.noteSettled(recharge, terms);
  }
  checkOrderAlerts(auditor);
}

function refuse(rule: string, detail: string): never {
  throw new Violation(rule, detail);
}

/** What was collected is the price of the hours that the client has, less what is still owed for them. */
function checkMoney(auditor: Auditor, recharge: SeenRecharge, ledger: readonly LedgerRow[]): void {
  const { blockId, invoiceKey } = recharge;
  const { totalMinor = 0 } = auditor.recharges.invoiceOf(recharge) ?? {};
  const paidMinor = auditor.recharges.paidMinorOf(recharge);
  const rows = ledger.filter((row) => row.blockId === blockId);
  const bought = rows.filter(({ side, reason }) => side === 'credit' && reason === 'purchase');
  const keys = new Set(bought.map(({ key }) => key));
  const activated = sum(bought.map(({ seconds }) => seconds));
  const reversed = rows.filter(({ reverses }) => keys.has(reverses ?? ''));
  const taken = sum(reversed.map(({ seconds }) => seconds));
  const block = auditor.books.blocks().find(({ id }) => id === blockId);
  const rate = totalMinor / (block?.seconds ?? 0);
  const isUsable = auditor.recharges.isUsable(recharge, auditor.terms);
  // A part that was paid for hours that the client does not have yet is owed to them.
  const openMinor = isUsable ? totalMinor - paidMinor : -paidMinor;
  const netMinor = Math.round(activated * rate - taken * rate) - openMinor;
  if (netMinor === paidMinor) return;
  const detail = `${activated} s activated, ${taken} s reversed, ${openMinor} open of ${totalMinor}`;
  refuse('collected', `${invoiceKey}: ${paidMinor} collected, ${detail}`);
}

/** Each step is told once, as often as it happened. */
function checkNotes({ recharges, books, terms }: Auditor, recharge: SeenRecharge, today: string) {
  const { invoiceKey, ticketKey } = recharge;
  const invoice = recharges.invoiceOf(recharge);
  const told = countNotes(recharges.state, ticketKey);
  const isPaid = recharges.isPaid(recharge);
  if (isPaid && !recharge.wasPaid) recharge.collectedLeast += 1;
  if (!isPaid && recharge.wasPaid) recharge.returnedLeast += 1;
  if (invoice !== undefined) recharge.sentOn ??= today;
  const { chaseAfterDays } = terms.recharge ?? { chaseAfterDays: 0 };
  const daysOut = recharge.sentOn === null ? 0 : daysBetween(recharge.sentOn, today);
  const { again, final } = declinesIn(recharges.attemptsOf(recharge));
  const isOpen = invoice !== undefined && !invoice.isVoid && !isPaid && told.collected === 0;
  // The product learns of the invoice a day later at most.
  const isChased = !recharge.isCharged && daysOut > chaseAfterDays;
  if (isChased && isOpen && daysOut > chaseAfterDays + 1) recharge.overdueLeast = 1;
  const isVoid = invoice?.isVoid ?? false;
  const isOver = isVoid || recharge.isCancelled;
  const isEndTold = isOver && told.announced > 0 && told.returned === 0;
  const bounds: Record<NoteEvent, readonly [least: number, most: number]> = {
    announced: [invoice === undefined ? 0 : 1, recharge.approvedMinor === null ? 0 : 1],
    collected: [recharge.collectedLeast, recharge.timesPaid],
    overdue: [recharge.overdueLeast, isChased ? 1 : 0],
    failed: [final, final],
    retry: [again, again + recharge.timesResumed],
    returned: [recharge.returnedLeast, recharge.timesReturned],
    ended: [isEndTold ? 1 : 0, isEndTold ? 1 : 0],
  };
  for (const [event, [least, most]] of Object.entries(bounds)) {
    const times = told[event as NoteEvent];
    if (times >= least && times <= most) continue;
    const status = books.messages().find(({ key }) => key === invoiceKey)?.status;
    const about = `${invoiceKey} (${status}${isPaid ? ', paid' : ''}${isVoid ? ', void' : ''})`;
    refuse('client told once', `${about}: ${event} ${times} times, not ${least} to ${most}`);
  }
  // A charge that was collected and returned between two runs was only returned, to the client.
  const isShort = recharge.isCharged && !isPaid && told.returned === recharge.timesReturned;
  if (isShort || told.collected - told.returned === Number(isPaid)) return;
  const detail = `${told.collected} times collected, ${told.returned} times returned`;
  refuse('client told once', `${invoiceKey} is ${isPaid ? '' : 'not '}paid: ${detail}`);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

/** The MSP hears of what is overdue or returned whenever the client does. */
function checkOrderAlerts({ recharges, orderAlerts }: Auditor): void {
  const { state } = recharges;
  for (const [clientId, all] of Map.groupBy(recharges.all.values(), (one) => one.clientId)) {
    const told = all.map(({ ticketKey }) => countNotes(state, ticketKey));
    const overdue = sum(told.map((counts) => counts.overdue));
    const returned = sum(told.map((counts) => counts.returned));
    const alerts = orderAlerts.countsOf(clientId);
    const declined = sum(told.map((counts) => counts.failed));
    const isTold = alerts.overdue === overdue && alerts.declined === declined;
    if (isTold && alerts.returned >= returned) continue;
    const detail = `${declined} declined, ${overdue} overdue and ${returned} returned, ${JSON.stringify(alerts)} alerts`;
    refuse('told once', `${clientId}: ${detail}`);
  }
}
