import type { PartFacts, RoundingFacts, Verdict } from '../../domain/charges/charge-facts.ts';
import type { Format } from '../../domain/format.ts';
import { codeOfNote } from '../../domain/ledger/undo.ts';
import type { PassedOverReason } from '../explain/explain-payers.ts';
import { plainText } from '../format/plain-text.ts';
import type { ChargeChange } from '../statement/charge-changes.ts';
import type { LineKind, ProactiveShare } from '../statement/statement-shape.ts';
import type { MovementReason } from './texts.ts';

function named(text: string | null): string {
  return text === null ? 'none' : `“${plainText(text)}”`;
}

const openReasons: Record<string, string> = {
  'client-unmapped': 'its client is not in the config file',
  'without-client': 'the ticket or entry names no client',
  'ticket-unseen': 'its ticket has not been read yet',
  'not-in-agreement': 'the work is not under the agreement',
  'before-start': 'it was worked before the client’s first day',
  'before-move': 'it was worked before the client moved to this connection (movedOn)',
  'before-agreement': 'it was worked before the agreement began',
  'after-agreement': 'it was worked after the agreement ended',
  'ticket-open': 'the ticket is open',
  'not-approved': 'the time is not approved',
  'held-without-ticket': 'it is not linked to a ticket, and the agreement holds such time',
  'double-count': 'another system has time of this technician at the same time',
  'logged-since': 'the work was logged by the technician, or the session changed',
  'corrected-too-far': 'corrections remove more time than was logged',
  'no-hours': 'not enough hours are left in the blocks, and the agreement holds such work',
  undone:
    'the run that debited it was undone; it is posted again once the work or its rules change',
  gone: 'the work was deleted or moved elsewhere',
  moved: 'the work now belongs to another client',
  changed: 'the work changed',
};

function openReason(code: string): string {
  return openReasons[codeOfNote(code)] ?? code;
}

function change(one: ChargeChange, format: Format): string {
  switch (one.code) {
    case 'withdrawn':
      return one.reason === null ? 'withdrawn' : `withdrawn: ${openReason(one.reason)}`;
    case 'restored':
      return 'charged again';
    case 'worked':
      return `time worked ${format.duration(one.beforeSeconds)} → ${format.duration(one.afterSeconds)}`;
    case 'entries-added':
      return one.count === 1 ? 'one time entry added' : `${one.count} time entries added`;
    case 'entries-removed':
      return one.count === 1 ? 'one time entry removed' : `${one.count} time entries removed`;
    case 'worked-on':
      return `day of work ${format.date(one.before)} → ${format.date(one.after)}`;
    case 'work-type':
      return `work type ${named(one.before)} → ${named(one.after)}`;
    case 'coverage':
      return 'coverage changed';
    case 'multiplier':
      return 'the multiplier changed';
    case 'rounding':
      return 'the rounding changed';
    case 'agreement':
      return `agreement ${named(one.before)} → ${named(one.after)}`;
    case 'ticket':
      return `ticket ${named(one.before)} → ${named(one.after)}`;
  }
}

const statement = {
  title: 'Statement of prepaid hours',
  period: (from: string, to: string, zone: string) => `${from} to ${to} (${zone})`,
  summary: 'Balance',
  opening: 'Opening balance',
  closing: 'Closing balance',
  leftInBlocks: 'Left in blocks',
  overage: 'Used beyond the blocks',
  balance: 'Balance',
  moneyLeft: 'Money left',
  /** `Used from the blocks of Groupe Dupont`. */
  usedOf: (payer: string) => `Used from the blocks of ${payer}`,
  byWorkType: 'by work type',
  sections: {
    credits: 'Hours bought',
    work: 'Work',
    corrections: 'Corrections to earlier statements',
    other: 'Adjustments and expiries',
    blocks: 'Blocks',
  },
  nothing: 'Nothing was bought or used in this period.',
  columns: {
    date: 'Date',
    work: 'Work done',
    technicians: 'Technician',
    worked: 'Worked',
    charged: 'Charged',
    change: 'Change',
    paidFrom: 'From',
    price: 'Price',
    kind: 'What',
    block: 'Block',
    size: 'Size',
    rate: 'Rate',
    purchased: 'Bought',
    expires: 'Expires',
    reason: 'Reason',
  },
  kinds: {
    purchase: 'Hours bought',
    usage: 'Work',
    correction: 'Correction',
    'overage-paid': 'Earlier overage paid by a block',
    'overage-billed': 'Hours beyond the blocks, invoiced',
    expiry: 'Block expired',
    rollover: 'Hours carried over',
    adjustment: 'Adjustment',
    refund: 'Block withdrawn',
    reversal: 'Reversal',
  } satisfies Record<LineKind, string>,
  free: 'free of charge',
  beyondBlocks: 'beyond the blocks',
  withoutTicket: 'Work without a ticket',
  /** Work of remote sessions that nobody logged. */
  fromSessions: (connections: readonly string[], { list }: Format) =>
    `Remote sessions recorded by ${list(connections)}, not logged`,
  never: 'never',
  perHour: (amount: string) => `${amount} per hour`,
  earlier: 'worked in an earlier period',
  beforeAfter: (before: string, after: string) => `charged ${before} before, ${after} now`,
  provisional: (pending: string | null) =>
    `Provisional: the period is not over.${pending === null ? '' : ` Work not yet charged would cost ${pending}.`}`,
  proactive: ({ percent, trend }: Pick<ProactiveShare, 'percent' | 'trend'>) =>
    `${percent}\u00a0% of the time worked was proactive.${
      trend === null
        ? ''
        : ` Over three months: ${trend.percent}\u00a0%; over the three before: ${trend.percentBefore}\u00a0%.`
    }`,
  total: 'Total',
};

const verdicts: Record<Verdict, string> = {
  covered: 'covered',
  'covered-unlisted': 'covered: work type not listed, covered by default',
  'free-excluded': 'free: work type excluded',
  'free-unlisted': 'free: work type not listed in the agreement',
  'free-not-billable': 'free: not billable',
  'free-technician': 'free: technician excluded',
  'free-role': 'free: role not covered by the agreement',
};

const explain = {
  title: (subject: string) => `How ${subject} was charged`,
  steps: {
    whose: 'Client',
    covered: 'Coverage',
    when: 'When',
    long: 'Time',
    dear: 'Rate',
    blocks: 'Block',
    summary: 'Summary',
    waiting: 'Status',
    history: 'History',
  },
  whose: (client: string, connection: string, agreement: string) =>
    `${client}, by its ID in ${connection}; agreement “${agreement}”.`,
  whoseUnknown: 'Not assigned to a configured client.',
  part: (part: PartFacts, format: Format) =>
    `${plainText(part.technician)}, ${format.date(part.workedOn)}, ${format.duration(part.seconds)} ` +
    `(${part.isBilledTime ? 'billable hours, ' : ''}${
      part.recordedBy === undefined
        ? `logged as “${plainText(part.secondsText)}”`
        : `from remote sessions recorded by ${plainText(part.recordedBy)}, not logged`
    }${
      part.correctedSeconds > 0 ? `, less ${format.duration(part.correctedSeconds)} corrected` : ''
    }), work type ${named(part.workType)}${
      part.role === undefined ? '' : `, part.role ${named(part.role)}`
    }: ${verdicts[part.verdict]}.`,
  when: (rule: 'ticket-closed' | 'approved' | 'logged', closedOn: string | null) => {
    if (rule === 'logged') return 'Debited as soon as it is logged.';
    if (rule === 'approved') return 'Debited when it is approved.';
    if (closedOn === null) return 'Debited when the ticket is closed; this work has no ticket.';
    return `Debited when the ticket is closed: ${closedOn}.`;
  },
  /** `41 min worked, rounded per ticket to 45 min`. */
  rounding: (
    { per, workedSeconds, minimums = [], roundedSeconds }: RoundingFacts,
    format: Format,
  ) => {
    const raised = minimums.filter(({ addedSeconds }) => addedSeconds > 0);
    const least = raised.map(
      ({ workType, minimumSeconds }) =>
        `, ${named(workType)} counted as at least ${format.duration(minimumSeconds)}`,
    );
    const worked = `${format.duration(workedSeconds)} worked${least.join('')}`;
    if (workedSeconds === roundedSeconds) return worked;
    return `${worked}, rounded per ${per} to ${format.duration(roundedSeconds)}`;
  },
  /** `in steps of 15 min, at least 15 min, grace of 5 min`. */
  roundingRule: (
    { incrementSeconds, minimumSeconds, graceSeconds, precisionSeconds }: RoundingFacts,
    format: Format,
  ) =>
    [
      `in steps of ${format.duration(incrementSeconds)}`,
      ...(minimumSeconds > 0 ? [`at least ${format.duration(minimumSeconds)}`] : []),
      ...(graceSeconds > 0 ? [`grace of ${format.duration(graceSeconds)}`] : []),
      ...(precisionSeconds
        ? [`up to ${format.duration(precisionSeconds)} treated as rounding by the PSA`]
        : []),
    ].join(', '),
  /** `outside business hours ×1.5 = 1 h 07 min 30 s`. */
  multiplied: (rule: string, factor: string, result: string) => `${rule} ${factor} = ${result}`,
  rule: (kind: 'workType' | 'role' | 'outside', name: string) => {
    if (kind === 'outside') return 'outside business hours';
    return `${kind === 'role' ? 'role' : 'work type'} “${plainText(name)}”`;
  },
  /** `18 min outside business hours ×2`. */
  share: (seconds: string, rule: string, factor: string) => `${seconds} ${rule} ${factor}`,
  plainRate: 'no multiplier',
  /** How time added (or removed) by rounding was charged. */
  difference: (seconds: string, isAdded: boolean, factor: string) =>
    isAdded
      ? `${seconds} added by rounding at ${factor}`
      : `${seconds} removed by rounding at ${factor}`,
  /** The time missing to a work type's minimum, and how it was charged. */
  minimumAdded: (seconds: string, workType: string, factor: string) =>
    `${seconds} added for the minimum of work type ${named(workType)} at ${factor}`,
  mixed: (result: string) => `total ${result}`,
  /** `1 h from block b-12 (20 h at $130.00)`, `1 h for €120.00 from block b-12 (€1,000.00)`. */
  fromBlock: (seconds: string, blockId: string, size: string) =>
    `${seconds} from block ${blockId} (${size})`,
  forPrice: (seconds: string, price: string) => `${seconds} for ${price}`,
  atRate: (size: string, rate: string) => `${size} at ${rate}`,
  /** `for “On-site” only`. */
  limitedTo: (workTypes: readonly string[], format: Format) =>
    `for ${format.list(workTypes.map(named))} only`,
  fromOverage: (seconds: string) => `${seconds} beyond all blocks (overage)`,
  noWorkType: 'no work type',
  /** Why blocks were skipped. */
  passedOver: {
    void: 'Skipped, void',
    ended: 'Skipped, expired before the work',
    'not-begun': 'Skipped, not started yet',
    ordered: 'Skipped, ordered but not usable yet',
    'work-type': 'Skipped, limited to other work types',
    currency: 'Skipped, the work has no price in its currency',
    empty: 'Skipped, nothing left',
    share: 'Skipped, the client’s share is used up',
  } satisfies Record<PassedOverReason, string>,
  /** `12 others`. */
  others: (count: number) => (count === 1 ? 'one other' : `${count} others`),
  free: 'free of charge',
  nothingTaken: 'No block was debited.',
  pending: (cost: string, reason: string) => `Pending, would cost ${cost}: ${reason}.`,
  waiting: (reason: string) => `Needs review: ${reason}.`,
  outside: (reason: string) => `Not debited: ${reason}.`,
  pendingWork: (technician: string, day: string, worked: string) =>
    `${technician}, ${day}, ${worked}`,
  ticketState: (number: string, status: string) => `Ticket ${number} is “${status}”.`,
  revision: (number: number, day: string, seconds: string) =>
    `Revision ${number}, ${day}: ${seconds} charged.`,
  revisionChanged: (number: number, day: string, seconds: string, changes: string) =>
    `Revision ${number}, ${day}: ${seconds} charged, since ${changes}.`,
  balanceTitle: (client: string, day: string) =>
    `How the balance of ${client} at the end of ${day} is made up`,
  block: (id: string, size: string, price: string, boughtOn: string) =>
    `Block ${id}: ${size} at ${price}, bought ${boughtOn}`,
  moneyBlock: (id: string, size: string, boughtOn: string) =>
    `Block ${id}: ${size}, bought ${boughtOn}`,
  openingOn: (day: string) => `At the start of ${day}`,
  leftThen: 'At the end of the day',
  movement: (reason: MovementReason) => {
    if (reason === 'overage') return statement.overage;
    return reason === 'overage-paid' ? 'Overage paid by a block' : statement.kinds[reason];
  },
  /** `−7 h (12 postings)`. */
  postings: (text: string, count: number) =>
    `${text} (${count === 1 ? 'one posting' : `${count} postings`})`,
};

export const en = {
  /** `label: value`, with the language's spacing. */
  labelled: (label: string, value: string) => `${label}: ${value}`,
  /** `one; two`, likewise. */
  clauses: (texts: readonly string[]) => texts.join('; '),
  change,
  /** Why work is not debited (any more), from the debit's code. */
  openReason,
  statement,
  explain,
};
