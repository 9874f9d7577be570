function ticketCount(count: number): string {
  return count === 1 ? '1 ticket' : `${count} tickets`;
}

/** What only the statement's page says, which goes to a client. */
export const pageEn = {
  /** `18.5 h`. */
  hours: (seconds: number) => spellHours(seconds, '.'),
  /** After the large figure: `left of 66 h`. */
  left: (total: string | null) => (total === null ? 'left' : `left of ${total}`),
  /** The same after an amount of money. */
  leftMoney: (total: string | null) => (total === null ? 'left' : `left of ${total}`),
  /** After the large figure, which is never negative. */
  over: 'over',
  used: 'used',
  leftOn: (date: string) => `Left on ${date}`,
  overOn: (date: string) => `Used beyond your blocks by ${date}`,
  usedOf: (used: string) => `${used} used`,
  usedMoney: (used: string) => `${used} used`,
  burnDown: 'Balance by day of work',
  burnDownLabel: (from: string, to: string) =>
    `The balance over the month: ${from} at the start, ${to} at the end.`,
  belowZero: (hours: string) => `${hours} over`,
  balance: 'How the balance came about',
  blockBought: 'Block bought',
  block: (size: string, date: string) => `the ${size} block of ${date}`,
  blockAt: (rate: string) => `a block at ${rate}`,
  otherBlock: 'a block',
  workIn: (month: string, tickets: number) => `Work charged in ${month} (${ticketCount(tickets)})`,
  workBefore: (month: string, tickets: number) => `Work before ${month} (${ticketCount(tickets)})`,
  seeCorrections: 'Corrections to earlier statements, explained below',
  summary: 'Where the hours went',
  workType: 'Work type',
  technician: 'Technician',
  otherWork: 'Other work',
  entries: (count: number) => (count === 1 ? '1 entry' : `${count} entries`),
  freeTitle: 'Included, free of charge',
  freeText: (worked: string) =>
    `Monitoring and management included: ${worked} of work took nothing from your blocks.`,
  takenFrom: (seconds: string, block: string) => `${seconds} from ${block}`,
  takenBeyond: (seconds: string) => `${seconds} beyond your blocks`,
  ended: { expiry: 'expired', refund: 'withdrawn' },
  leftNow: 'Left',
  outlook: 'What comes next',
  openWork: 'Open work',
  openText: 'Not charged yet, and not part of the balance above.',
  wouldTake: 'Would take',
  leftAfter: (hours: string) => `${hours} would be left once all of it is charged.`,
  overAfter: (hours: string) => `Once all of it is charged, you would be ${hours} over.`,
  runOutTitle: 'How long it lasts',
  runOut: (from: string, to: string) =>
    from === to
      ? `At the pace of your last weeks, your hours will be used up on ${from}.`
      : `At the pace of your last weeks, your hours will be used up between ${from} and ${to}.`,
  runOutFrom: (date: string) =>
    `At the pace of your last weeks, your hours will last until ${date} or longer.`,
  nextTitle: 'Next block',
  nextInvoice: (level: string | null, offer: string) =>
    `${level === null ? 'When your balance gets low' : level}, we will invoice ${offer}.`,
  nextOffer: (offer: string) => `When you need more hours, we suggest ${offer}.`,
  levelHours: (hours: string) => `When ${hours} or less are left`,
  levelPercent: (percent: number) => `When ${percent} % or less is left`,
  offer: (size: string, rate: string | null, total: string) =>
    rate === null ? `a block of ${size}` : `a block of ${size} for ${total} (${rate})`,
  savingTitle: 'A larger block',
  saving: (bought: string, amount: string, size: string, rate: string) =>
    `The ${bought} that you bought in the last 12 months would have cost ${amount} less in blocks of ${size} (${rate}).`,
  questions: 'Questions about this statement?',
  contact: (sender: string) => `${sender} will be glad to help.`,
  postedNote: (zone: string) =>
    `All dates are in the time zone ${zone}. Work is listed in the month in which it was charged.`,
  current: {
    title: 'Your prepaid hours',
    updated: (date: string, time: string, zone: string) =>
      `Updated on ${date} at ${time} (${zone})`,
    work: (month: string) => `Work in ${month}, latest first`,
    earlierTickets: (count: number) => `${ticketCount(count)} before that`,
    earlierCorrections: (count: number) =>
      count === 1 ? '1 earlier correction' : `${count} earlier corrections`,
    moreTickets: (count: number) => `${ticketCount(count)} more`,
    questions: 'Questions about your hours?',
    bookmark:
      'Bookmark this page: it always shows your current balance. Anyone who has its address can read it, so please share it with care.',
  },
  pageNumber: ['Page ', ' of '],
};

/** Hours with up to two decimals, for a figure read at a glance. */
export function spellHours(seconds: number, decimal: string): string {
  const hundredths = Math.round(seconds / 36);
  const fraction = String(hundredths % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  const whole = Math.floor(hundredths / 100);
  return `${whole}${fraction === '' ? '' : decimal + fraction}\u00a0h`;
}
