import type { Verdict } from '../../domain/charges/charge-facts.ts';
import { formatDuration } from '../../domain/duration.ts';
import { codeOfNote } from '../../domain/ledger/undo.ts';
import { plainText } from '../format/plain-text.ts';
import type { ChargeChange } from '../statement/charge-changes.ts';
import type { ExplainTexts, StatementTexts, Texts } from './shape.ts';
import { spellAmount, spellDays, spellFactor, spellList, splitDate } from './spelling.ts';

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function date(text: string): string {
  const { day, month, year } = splitDate(text, monthNames);
  return `${day} ${month} ${year}`;
}

function named(text: string | null): string {
  return text === null ? 'none' : `“${plainText(text)}”`;
}

const openReasons: Record<string, string> = {
  'client-unmapped': 'its client in that system is not in the config file',
  'without-client': 'the ticket or entry names no client',
  'ticket-unseen': 'its ticket has not been read yet',
  'not-in-agreement': 'the work is not under the agreement',
  'before-start': 'it was worked before the client’s first day',
  'before-move': 'it was worked before the client moved to this connection (movedOn)',
  'before-agreement': 'it was worked before the agreement began',
  'after-agreement': 'it was worked after the agreement ended',
  'ticket-open': 'the ticket is open',
  'not-approved': 'the time is not approved',
  'held-without-ticket': 'it hangs on no ticket, and the agreement holds such time back',
  'corrected-too-far': 'corrections take off more time than was logged',
  'no-hours': 'the blocks have not enough hours left, and the agreement holds such work back',
  undone: 'the run that debited it was undone; it is posted anew once the work or its rules change',
  gone: 'the work was deleted or moved elsewhere',
  moved: 'the work now belongs to another client',
  changed: 'the work changed',
};

function openReason(code: string): string {
  return openReasons[codeOfNote(code)] ?? code;
}

function change(one: ChargeChange): string {
  switch (one.code) {
    case 'withdrawn':
      return one.reason === null ? 'withdrawn' : `withdrawn: ${openReason(one.reason)}`;
    case 'restored':
      return 'charged again';
    case 'worked':
      return `time worked ${formatDuration(one.beforeSeconds)} → ${formatDuration(one.afterSeconds)}`;
    case 'entries-added':
      return one.count === 1 ? 'one time entry added' : `${one.count} time entries added`;
    case 'entries-removed':
      return one.count === 1 ? 'one time entry removed' : `${one.count} time entries removed`;
    case 'worked-on':
      return `day of work ${date(one.before)} → ${date(one.after)}`;
    case 'work-type':
      return `work type ${named(one.before)} → ${named(one.after)}`;
    case 'coverage':
      return 'other work is covered';
    case 'multiplier':
      return 'another multiplier applies';
    case 'rounding':
      return 'another rounding applies';
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
  usedOf: (payer) => `Used of the blocks of ${payer}`,
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
  never: 'never',
  perHour: (amount) => `${amount} per hour`,
  earlier: 'worked in an earlier period',
  beforeAfter: (before, after) => `charged ${before} before, ${after} now`,
  provisional: (pending) =>
    `Provisional: the period is not over.${pending === null ? '' : ` Work not yet charged would cost ${pending}.`}`,
  total: 'Total',
};

const verdicts: Record<Verdict, string> = {
  covered: 'covered',
  'covered-unlisted': 'covered, though the agreement does not list its work type',
  'free-excluded': 'free: its work type is excluded',
  'free-unlisted': 'free: the agreement does not list its work type',
  'free-not-billable': 'free: not billable',
  'free-technician': 'free: the technician’s time is excluded',
  'free-role': 'free: the agreement does not cover time of this role',
};

function limitedTo(workTypes: readonly string[]): string {
  return `for ${spellList(workTypes.map(named), 'and')} only`;
}

const explain: ExplainTexts = {
  title: (subject) => `Why ${subject} cost what it did`,
  steps: {
    whose: 'Whose?',
    covered: 'Covered?',
    when: 'When?',
    long: 'How long?',
    dear: 'How dear?',
    blocks: 'From which block?',
    summary: 'In short',
    waiting: 'Now',
    history: 'History',
  },
  whose: (client, connection, agreement) =>
    `${client}, by its id in ${connection}; agreement “${agreement}”.`,
  whoseUnknown: 'Not known to be any configured client’s.',
  part: ({
    technician,
    workedOn,
    seconds,
    secondsText,
    workType,
    role,
    verdict,
    correctedSeconds,
    isBilledTime,
  }) =>
    `${plainText(technician)}, ${date(workedOn)}, ${formatDuration(seconds)} ` +
    `(${isBilledTime ? 'hours to bill, ' : ''}logged as “${plainText(secondsText)}”${
      correctedSeconds > 0 ? `, less ${formatDuration(correctedSeconds)} corrected` : ''
    }), work type ${named(workType)}${
      role === undefined ? '' : `, role ${named(role)}`
    }: ${verdicts[verdict]}.`,
  when: (rule, closedOn) => {
    if (rule === 'logged') return 'Debited as soon as it is logged.';
    if (rule === 'approved') return 'Debited once it is approved.';
    if (closedOn === null) return 'Debited once a ticket is closed; this hangs on none.';
    return `Debited once its ticket is closed: ${closedOn}.`;
  },
  rounding: ({ per, workedSeconds, minimums = [], roundedSeconds }) => {
    const raised = minimums.filter(({ addedSeconds }) => addedSeconds > 0);
    const least = raised.map(
      ({ workType, minimumSeconds }) =>
        `, ${named(workType)} counted as at least ${formatDuration(minimumSeconds)}`,
    );
    const worked = `${formatDuration(workedSeconds)} worked${least.join('')}`;
    if (workedSeconds === roundedSeconds) return worked;
    return `${worked}, rounded per ${per} to ${formatDuration(roundedSeconds)}`;
  },
  roundingRule: ({ incrementSeconds, minimumSeconds, graceSeconds, precisionSeconds }) =>
    [
      `in steps of ${formatDuration(incrementSeconds)}`,
      ...(minimumSeconds > 0 ? [`at least ${formatDuration(minimumSeconds)}`] : []),
      ...(graceSeconds > 0 ? [`up to ${formatDuration(graceSeconds)} forgiven`] : []),
      ...(precisionSeconds
        ? [`up to ${formatDuration(precisionSeconds)} left to the PSA’s own rounding`]
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
      : `${seconds} forgiven by rounding at ${factor}`,
  minimumAdded: (seconds, workType, factor) =>
    `${seconds} added up to the minimum of work type ${named(workType)} at ${factor}`,
  mixed: (result) => `in all ${result}`,
  fromBlock: (seconds, blockId, size, amount, workTypes) =>
    `${seconds} from block ${blockId} (${size} at ${amount}${
      workTypes === null ? '' : `, ${limitedTo(workTypes)}`
    })`,
  fromMoney: (seconds, price, blockId, size, workTypes) =>
    `${seconds} for ${price} from block ${blockId} (${size}${
      workTypes === null ? '' : `, ${limitedTo(workTypes)}`
    })`,
  limitedTo,
  fromOverage: (seconds) => `${seconds} beyond every block (overage)`,
  noWorkType: 'no work type',
  passedOver: {
    void: 'Passed over, void',
    ended: 'Passed over, ended before the work',
    'not-begun': 'Passed over, not begun yet',
    ordered: 'Passed over, ordered but not usable yet',
    'work-type': 'Passed over, limited to other work types',
    currency: 'Passed over, the work has no price in its currency',
    empty: 'Passed over, nothing left',
    share: 'Passed over, the client’s share used up',
  },
  others: (count) => (count === 1 ? 'one other' : `${count} others`),
  free: 'free of charge',
  nothingTaken: 'Nothing was taken from any block.',
  pending: (cost, reason) => `Pending, would cost ${cost}: ${reason}.`,
  waiting: (reason) => `Waits for a person: ${reason}.`,
  outside: (reason) => `Not debited: ${reason}.`,
  pendingWork: (technician, day, worked) => `${technician}, ${day}, ${worked}`,
  ticketState: (number, status) => `Ticket ${number} is “${status}”.`,
  revision: (number, day, seconds) => `Revision ${number}, ${day}: ${seconds} charged.`,
  revisionChanged: (number, day, seconds, changes) =>
    `Revision ${number}, ${day}: ${seconds} charged, since ${changes}.`,
  balanceTitle: (client, day) => `How the balance of ${client} came about by the end of ${day}`,
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

export const en: Texts = {
  locale: 'en',
  date,
  days: (from, to) => spellDays(from, to, date),
  month: (text) => {
    const { month, year } = splitDate(text, monthNames);
    return `${month} ${year}`;
  },
  amount: (minor, currency) => spellAmount(minor, currency, { decimal: '.', thousands: ',' }),
  factor: (thousandths) => spellFactor(thousandths, '.'),
  list: (texts) => spellList(texts, 'and'),
  labelled: (label, value) => `${label}: ${value}`,
  clauses: (texts) => texts.join('; '),
  change,
  openReason,
  statement,
  explain,
};
