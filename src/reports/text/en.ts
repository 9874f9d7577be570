import type { Verdict } from '../../domain/charges/charge-facts.ts';
import type { Format } from '../../domain/format.ts';
import { codeOfNote } from '../../domain/ledger/undo.ts';
import { plainText } from '../format/plain-text.ts';
import type { ChargeChange } from '../statement/charge-changes.ts';
import type { ExplainTexts, StatementTexts, Words } from './shape.ts';

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

const statement: StatementTexts = {
  title: 'Statement of prepaid hours',
  period: (from, to, zone) => `${from} to ${to} (${zone})`,
  summary: 'Balance',
  opening: 'Opening balance',
  closing: 'Closing balance',
  leftInBlocks: 'Left in blocks',
  overage: 'Used beyond the blocks',
  balance: 'Balance',
  moneyLeft: 'Money left',
  usedOf: (payer) => `Used from the blocks of ${payer}`,
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
  },
  free: 'free of charge',
  beyondBlocks: 'beyond the blocks',
  withoutTicket: 'Work without a ticket',
  fromSessions: (connections, { list }) =>
    `Remote sessions recorded by ${list(connections)}, not logged`,
  never: 'never',
  perHour: (amount) => `${amount} per hour`,
  earlier: 'worked in an earlier period',
  beforeAfter: (before, after) => `charged ${before} before, ${after} now`,
  provisional: (pending) =>
    `Provisional: the period is not over.${pending === null ? '' : ` Work not yet charged would cost ${pending}.`}`,
  proactive: ({ percent, trend }) =>
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

function limitedTo(workTypes: readonly string[], format: Format): string {
  return `for ${format.list(workTypes.map(named))} only`;
}

const explain: ExplainTexts = {
  title: (subject) => `How ${subject} was charged`,
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
  whose: (client, connection, agreement) =>
    `${client}, by its ID in ${connection}; agreement “${agreement}”.`,
  whoseUnknown: 'Not assigned to a configured client.',
  part: (
    {
      technician,
      workedOn,
      seconds,
      secondsText,
      workType,
      role,
      verdict,
      correctedSeconds,
      isBilledTime,
      recordedBy,
    },
    format,
  ) =>
    `${plainText(technician)}, ${format.date(workedOn)}, ${format.duration(seconds)} ` +
    `(${isBilledTime ? 'billable hours, ' : ''}${
      recordedBy === undefined
        ? `logged as “${plainText(secondsText)}”`
        : `from remote sessions recorded by ${plainText(recordedBy)}, not logged`
    }${
      correctedSeconds > 0 ? `, less ${format.duration(correctedSeconds)} corrected` : ''
    }), work type ${named(workType)}${
      role === undefined ? '' : `, role ${named(role)}`
    }: ${verdicts[verdict]}.`,
  when: (rule, closedOn) => {
    if (rule === 'logged') return 'Debited as soon as it is logged.';
    if (rule === 'approved') return 'Debited when it is approved.';
    if (closedOn === null) return 'Debited when the ticket is closed; this work has no ticket.';
    return `Debited when the ticket is closed: ${closedOn}.`;
  },
  rounding: ({ per, workedSeconds, minimums = [], roundedSeconds }, format) => {
    const raised = minimums.filter(({ addedSeconds }) => addedSeconds > 0);
    const least = raised.map(
      ({ workType, minimumSeconds }) =>
        `, ${named(workType)} counted as at least ${format.duration(minimumSeconds)}`,
    );
    const worked = `${format.duration(workedSeconds)} worked${least.join('')}`;
    if (workedSeconds === roundedSeconds) return worked;
    return `${worked}, rounded per ${per} to ${format.duration(roundedSeconds)}`;
  },
  roundingRule: ({ incrementSeconds, minimumSeconds, graceSeconds, precisionSeconds }, format) =>
    [
      `in steps of ${format.duration(incrementSeconds)}`,
      ...(minimumSeconds > 0 ? [`at least ${format.duration(minimumSeconds)}`] : []),
      ...(graceSeconds > 0 ? [`grace of ${format.duration(graceSeconds)}`] : []),
      ...(precisionSeconds
        ? [`up to ${format.duration(precisionSeconds)} treated as rounding by the PSA`]
        : []),
    ].join(', '),
  multiplied: (rule, factor, result) => `${rule} ${factor} = ${result}`,
  rule: (kind, name) => {
    if (kind === 'outside') return 'outside business hours';
    return `${kind === 'role' ? 'role' : 'work type'} “${plainText(name)}”`;
  },
  share: (seconds, rule, factor) => `${seconds} ${rule} ${factor}`,
  plainRate: 'no multiplier',
  difference: (seconds, isAdded, factor) =>
    isAdded
      ? `${seconds} added by rounding at ${factor}`
      : `${seconds} removed by rounding at ${factor}`,
  minimumAdded: (seconds, workType, factor) =>
    `${seconds} added for the minimum of work type ${named(workType)} at ${factor}`,
  mixed: (result) => `total ${result}`,
  fromBlock: (seconds, blockId, size, amount, workTypes, format) =>
    `${seconds} from block ${blockId} (${size} at ${amount}${
      workTypes === null ? '' : `, ${limitedTo(workTypes, format)}`
    })`,
  fromMoney: (seconds, price, blockId, size, workTypes, format) =>
    `${seconds} for ${price} from block ${blockId} (${size}${
      workTypes === null ? '' : `, ${limitedTo(workTypes, format)}`
    })`,
  limitedTo,
  fromOverage: (seconds) => `${seconds} beyond all blocks (overage)`,
  noWorkType: 'no work type',
  passedOver: {
    void: 'Skipped, void',
    ended: 'Skipped, expired before the work',
    'not-begun': 'Skipped, not started yet',
    ordered: 'Skipped, ordered but not usable yet',
    'work-type': 'Skipped, limited to other work types',
    currency: 'Skipped, the work has no price in its currency',
    empty: 'Skipped, nothing left',
    share: 'Skipped, the client’s share is used up',
  },
  others: (count) => (count === 1 ? 'one other' : `${count} others`),
  free: 'free of charge',
  nothingTaken: 'No block was debited.',
  pending: (cost, reason) => `Pending, would cost ${cost}: ${reason}.`,
  waiting: (reason) => `Needs review: ${reason}.`,
  outside: (reason) => `Not debited: ${reason}.`,
  pendingWork: (technician, day, worked) => `${technician}, ${day}, ${worked}`,
  ticketState: (number, status) => `Ticket ${number} is “${status}”.`,
  revision: (number, day, seconds) => `Revision ${number}, ${day}: ${seconds} charged.`,
  revisionChanged: (number, day, seconds, changes) =>
    `Revision ${number}, ${day}: ${seconds} charged, since ${changes}.`,
  balanceTitle: (client, day) => `How the balance of ${client} at the end of ${day} is made up`,
  block: (id, size, price, boughtOn) => `Block ${id}: ${size} at ${price}, bought ${boughtOn}`,
  moneyBlock: (id, size, boughtOn) => `Block ${id}: ${size}, bought ${boughtOn}`,
  openingOn: (day) => `At the start of ${day}`,
  leftThen: 'At the end of the day',
  movement: (reason) => {
    if (reason === 'overage') return statement.overage;
    return reason === 'overage-paid' ? 'Overage paid by a block' : statement.kinds[reason];
  },
  postings: (text, count) => `${text} (${count === 1 ? 'one posting' : `${count} postings`})`,
};

export const en: Words = {
  labelled: (label, value) => `${label}: ${value}`,
  clauses: (texts) => texts.join('; '),
  change,
  openReason,
  statement,
  explain,
};
