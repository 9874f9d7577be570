/** What only the statement's page says, which goes to a client. */
export interface PageWords {
  /** `18.5 h`. */
  hours(seconds: number): string;
  /** After the large figure: `left of 66 h`. */
  left(total: string | null): string;
  /** The same after an amount of money. */
  leftMoney(total: string | null): string;
  /** After the large figure, which is never negative. */
  over: string;
  used: string;
  leftOn(date: string): string;
  overOn(date: string): string;
  usedOf(used: string): string;
  usedMoney(used: string): string;
  burnDown: string;
  burnDownLabel(from: string, to: string): string;
  belowZero(hours: string): string;
  balance: string;
  blockBought: string;
  block(size: string, date: string): string;
  blockAt(rate: string): string;
  otherBlock: string;
  workIn(month: string, tickets: number): string;
  workBefore(month: string, tickets: number): string;
  seeCorrections: string;
  summary: string;
  workType: string;
  technician: string;
  otherWork: string;
  entries(count: number): string;
  freeTitle: string;
  freeText(worked: string): string;
  takenFrom(seconds: string, block: string): string;
  takenBeyond(seconds: string): string;
  ended: { expiry: string; refund: string };
  leftNow: string;
  outlook: string;
  openWork: string;
  openText: string;
  wouldTake: string;
  leftAfter(hours: string): string;
  overAfter(hours: string): string;
  runOutTitle: string;
  runOut(from: string, to: string): string;
  runOutFrom(date: string): string;
  nextTitle: string;
  nextInvoice(level: string | null, offer: string): string;
  nextOffer(offer: string): string;
  levelHours(hours: string): string;
  levelPercent(percent: number): string;
  offer(size: string, rate: string | null, total: string): string;
  savingTitle: string;
  saving(bought: string, amount: string, size: string, rate: string): string;
  questions: string;
  contact(sender: string): string;
  postedNote(zone: string): string;
  /** What only the page that always shows the current balance says. */
  current: CurrentWords;
  /** On paper: `Page 1 of 3`, around the two numbers. */
  pageNumber: [before: string, between: string];
}

interface CurrentWords {
  title: string;
  updated(date: string, time: string, zone: string): string;
  work(month: string): string;
  earlierTickets(count: number): string;
  earlierCorrections(count: number): string;
  moreTickets(count: number): string;
  questions: string;
  bookmark: string;
}

/** Hours with up to two decimals, for a figure read at a glance. */
export function spellHours(seconds: number, decimal: string): string {
  const hundredths = Math.round(seconds / 36);
  const fraction = String(hundredths % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  const whole = Math.floor(hundredths / 100);
  return `${whole}${fraction === '' ? '' : decimal + fraction}\u00a0h`;
}
