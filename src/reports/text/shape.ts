import type { PartFacts, RoundingFacts } from '../../domain/charges/charge-facts.ts';
import type { Format } from '../../domain/format.ts';
import type { Reason } from '../../domain/ledger/ledger.ts';
import type { PassedOverReason } from '../explain/explain-payers.ts';
import type { ChargeChange } from '../statement/charge-changes.ts';
import type { LineKind, ProactiveShare } from '../statement/statement-shape.ts';

/** All texts of the reports in one language; what they format is passed to them. */
export interface Words {
  /** `label: value`, with the language's spacing. */
  labelled(label: string, value: string): string;
  /** `one; two`, likewise. */
  clauses(texts: readonly string[]): string;
  change(change: ChargeChange, format: Format): string;
  /** Why work is not debited (any more), from the debit's code. */
  openReason(code: string): string;
  statement: StatementTexts;
  explain: ExplainTexts;
}

/** The words, and the form of dates, numbers and money, of one reader. */
export type Texts = Words & Format;

export interface StatementTexts {
  title: string;
  period(from: string, to: string, zone: string): string;
  summary: string;
  opening: string;
  closing: string;
  leftInBlocks: string;
  overage: string;
  balance: string;
  moneyLeft: string;
  /** `Used from the blocks of Groupe Dupont`. */
  usedOf(payer: string): string;
  byWorkType: string;
  sections: {
    credits: string;
    work: string;
    corrections: string;
    other: string;
    blocks: string;
  };
  nothing: string;
  columns: {
    date: string;
    work: string;
    technicians: string;
    worked: string;
    charged: string;
    change: string;
    paidFrom: string;
    price: string;
    kind: string;
    block: string;
    size: string;
    rate: string;
    purchased: string;
    expires: string;
    reason: string;
  };
  kinds: Record<LineKind, string>;
  free: string;
  beyondBlocks: string;
  withoutTicket: string;
  /** Work of remote sessions that nobody logged. */
  fromSessions(connections: readonly string[], format: Format): string;
  never: string;
  perHour(amount: string): string;
  earlier: string;
  beforeAfter(before: string, after: string): string;
  provisional(pending: string | null): string;
  proactive(share: Pick<ProactiveShare, 'percent' | 'trend'>): string;
  total: string;
}

/** Overage paid by a block is distinguished from work and corrections. */
export type MovementReason = Reason | 'overage-paid';

export interface ExplainTexts {
  title(subject: string): string;
  steps: {
    whose: string;
    covered: string;
    when: string;
    long: string;
    dear: string;
    blocks: string;
    summary: string;
    waiting: string;
    history: string;
  };
  whose(client: string, connection: string, agreement: string): string;
  whoseUnknown: string;
  part(part: PartFacts, format: Format): string;
  when(rule: 'ticket-closed' | 'approved' | 'logged', closedOn: string | null): string;
  /** `41 min worked, rounded per ticket to 45 min`. */
  rounding(rounding: RoundingFacts, format: Format): string;
  /** `in steps of 15 min, at least 15 min, grace of 5 min`. */
  roundingRule(rounding: RoundingFacts, format: Format): string;
  /** `outside business hours ×1.5 = 1 h 07 min 30 s`. */
  multiplied(rule: string, factor: string, result: string): string;
  rule(kind: 'workType' | 'role' | 'outside', name: string): string;
  /** `18 min outside business hours ×2`. */
  share(seconds: string, rule: string, factor: string): string;
  plainRate: string;
  /** How time added (or removed) by rounding was charged. */
  difference(seconds: string, isAdded: boolean, factor: string): string;
  /** The time missing to a work type's minimum, and how it was charged. */
  minimumAdded(seconds: string, workType: string, factor: string): string;
  mixed(result: string): string;
  /** `1 h from block b-12 (20 h at $130.00)`. */
  fromBlock(
    seconds: string,
    blockId: string,
    size: string,
    amount: string,
    workTypes: readonly string[] | null,
    format: Format,
  ): string;
  /** `1 h for €120.00 from block b-12 (€1,000.00)`. */
  fromMoney(
    seconds: string,
    price: string,
    blockId: string,
    size: string,
    workTypes: readonly string[] | null,
    format: Format,
  ): string;
  /** `for “On-site” only`. */
  limitedTo(workTypes: readonly string[], format: Format): string;
  fromOverage(seconds: string): string;
  noWorkType: string;
  /** Why blocks were skipped. */
  passedOver: Record<PassedOverReason, string>;
  /** `12 others`. */
  others(count: number): string;
  free: string;
  nothingTaken: string;
  pending(cost: string, reason: string): string;
  waiting(reason: string): string;
  outside(reason: string): string;
  pendingWork(technician: string, date: string, worked: string): string;
  ticketState(number: string, status: string): string;
  revision(number: number, date: string, seconds: string): string;
  revisionChanged(number: number, date: string, seconds: string, changes: string): string;
  balanceTitle(client: string, date: string): string;
  block(id: string, size: string, price: string, boughtOn: string): string;
  moneyBlock(id: string, size: string, boughtOn: string): string;
  openingOn(date: string): string;
  leftThen: string;
  movement(reason: MovementReason): string;
  /** `−7 h (12 postings)`. */
  postings(seconds: string, count: number): string;
}
