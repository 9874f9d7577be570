import { type PageWords, spellHours } from './page-shape.ts';

function ticketCount(count: number): string {
  return count === 1 ? '1 ticket' : `${count} tickets`;
}

export const pageEn: PageWords = {
  hours: (seconds) => spellHours(seconds, '.'),
  left: (total) => (total === null ? 'left' : `left of ${total}`),
  leftMoney: (total) => (total === null ? 'left' : `left of ${total}`),
  over: 'over',
  used: 'used',
  leftOn: (date) => `Left on ${date}`,
  overOn: (date) => `Used beyond your blocks by ${date}`,
  usedOf: (used) => `${used} used`,
  usedMoney: (used) => `${used} used`,
  burnDown: 'Balance by day of work',
  burnDownLabel: (from, to) =>
    `The balance over the month: ${from} at the start, ${to} at the end.`,
  belowZero: (hours) => `${hours} over`,
  balance: 'How the balance came about',
  blockBought: 'Block bought',
  block: (size, date) => `the ${size} block of ${date}`,
  blockAt: (rate) => `a block at ${rate}`,
  otherBlock: 'a block',
  workIn: (month, tickets) => `Work charged in ${month} (${ticketCount(tickets)})`,
  workBefore: (month, tickets) => `Work before ${month} (${ticketCount(tickets)})`,
  seeCorrections: 'Corrections to earlier statements, explained below',
  summary: 'Where the hours went',
  workType: 'Work type',
  technician: 'Technician',
  otherWork: 'Other work',
  entries: (count) => (count === 1 ? '1 entry' : `${count} entries`),
  freeTitle: 'Included, free of charge',
  freeText: (worked) =>
    `Monitoring and management included: ${worked} of work took nothing from your blocks.`,
  takenFrom: (seconds, block) => `${seconds} from ${block}`,
  takenBeyond: (seconds) => `${seconds} beyond your blocks`,
  ended: { expiry: 'expired', refund: 'withdrawn' },
  leftNow: 'Left',
  outlook: 'What comes next',
  openWork: 'Open work',
  openText: 'Not charged yet, and not part of the balance above.',
  wouldTake: 'Would take',
  leftAfter: (hours) => `${hours} would be left once all of it is charged.`,
  overAfter: (hours) => `Once all of it is charged, you would be ${hours} over.`,
  runOutTitle: 'How long it lasts',
  runOut: (from, to) =>
    from === to
      ? `At the pace of your last weeks, your hours will be used up on ${from}.`
      : `At the pace of your last weeks, your hours will be used up between ${from} and ${to}.`,
  runOutFrom: (date) =>
    `At the pace of your last weeks, your hours will last until ${date} or longer.`,
  nextTitle: 'Next block',
  nextInvoice: (level, offer) =>
    `${level === null ? 'When your balance gets low' : level}, we will invoice ${offer}.`,
  nextOffer: (offer) => `When you need more hours, we suggest ${offer}.`,
  levelHours: (hours) => `When ${hours} or less are left`,
  levelPercent: (percent) => `When ${percent} % or less is left`,
  offer: (size, rate, total) =>
    rate === null ? `a block of ${size}` : `a block of ${size} for ${total} (${rate})`,
  savingTitle: 'A larger block',
  saving: (bought, amount, size, rate) =>
    `The ${bought} that you bought in the last 12 months would have cost ${amount} less in blocks of ${size} (${rate}).`,
  questions: 'Questions about this statement?',
  contact: (sender) => `${sender} will be glad to help.`,
  postedNote: (zone) =>
    `All dates are in the time zone ${zone}. Work is listed in the month in which it was charged.`,
  current: {
    title: 'Your prepaid hours',
    updated: (date, time, zone) => `Updated on ${date} at ${time} (${zone})`,
    work: (month) => `Work in ${month}, latest first`,
    earlierTickets: (count) => `${ticketCount(count)} before that`,
    earlierCorrections: (count) =>
      count === 1 ? '1 earlier correction' : `${count} earlier corrections`,
    moreTickets: (count) => `${ticketCount(count)} more`,
    questions: 'Questions about your hours?',
    bookmark:
      'Bookmark this page: it always shows your current balance. Anyone who has its address can read it, so please share it with care.',
  },
  pageNumber: ['Page ', ' of '],
};
