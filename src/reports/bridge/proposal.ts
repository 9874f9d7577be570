import type { Sender } from '../../config/loaded.ts';
import { type FormatOptions, formatIn } from '../../domain/format.ts';
import { sum } from '../../domain/statistics.ts';
import { type DateText, dateInZone, type Instant } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import { definePage } from '../page/frame.ts';
import { monthCount, proposalWordsIn } from '../text/proposal-words.ts';
import type { ClientBridge } from './bridge.ts';

interface ProposalView {
  paragraphs: string[];
  figure: string;
  figureText: string[];
  headings: string[];
  rows: string[][];
  after: string[];
  next: string[];
  nextTitle: string;
  foot: string[];
}

interface ProposalRequest {
  reader: FormatOptions & { timezone: ZoneName };
  sender: Sender | null;
  at: Instant;
  /** The client's first day that is debited. */
  startOn: DateText;
}

const toPage = definePage<ProposalView>(import.meta.url, 'templates/proposal');

/** A draft that the MSP sends to the client, for its one offer. One page. */
export function proposalToHtml(bridge: ClientBridge, request: ProposalRequest): string {
  const { reader, sender, at } = request;
  const { client } = bridge;
  return toPage(toView(bridge, request), {
    ...{ locale: reader.locale, title: proposalWordsIn(reader.locale).title, client },
    subtitle: formatIn(reader).date(dateInZone(at, reader.timezone)),
    // Its last lines say whom to call.
    sender: sender && { ...sender, phone: null, email: null, website: null },
  });
}

function toView(
  { client, months, currency, calculatedMonths, offers, verdict }: ClientBridge,
  { reader, sender, startOn }: ProposalRequest,
): ProposalView {
  const words = proposalWordsIn(reader.locale);
  const format = formatIn(reader);
  const [offer] = offers;
  const [first, last] = [months[0], months.at(-1)];
  if (offer === undefined || first === undefined || last === undefined) {
    throw new Error(`there is nothing to propose to ${client}`);
  }
  const money = (minor: number) => format.money(minor, currency);
  // To the quarter of an hour: a client reads orders of magnitude here.
  const hours = (seconds: number) =>
    format.duration(Math.round(seconds / 900) * 900).replaceAll(' ', '\u00a0');
  const used = months.map(({ usedSeconds }) => usedSeconds);
  const costs = months.map(({ costMinor }) => costMinor);
  const usedSeconds = sum(used);
  const saved = offer.nowMinor - offer.flatMinor;
  const limit = offer.includedSeconds;
  const rate = usedSeconds === 0 ? 0 : Math.round((offer.nowMinor * 3600) / usedSeconds);
  const flats = months.map(({ usedSeconds: one }) =>
    limit === null ? 0 : Math.round((Math.max(0, one - limit) * rate) / 3600),
  );
  const contact = [sender?.phone, sender?.email].filter((one) => one != null).join(', ');
  return {
    nextTitle: words.nextTitle,
    paragraphs: [
      words.greeting,
      [
        words.looked(
          monthCount(months.length, reader.locale),
          format.month(first.month),
          format.month(last.month),
        ),
        words.used(hours(usedSeconds), hours(Math.min(...used)), hours(Math.max(...used))),
      ].join(' '),
      [
        words.cost(money(offer.nowMinor), money(Math.round(offer.nowMinor / months.length))),
        ...(verdict === 'candidate' ? [words.regular] : []),
      ].join(' '),
    ],
    figure: money(offer.priceMinor),
    figureText: [
      words.perMonth,
      limit === null ? words.everything : words.included(format.duration(limit)),
    ],
    headings: ['', words.headings.before, words.headings.after],
    rows: [
      [words.rows.total(months.length), money(offer.nowMinor), money(offer.flatMinor)],
      [
        words.rows.least,
        ...[costs, flats].map((all, index) => money(Math.min(...all) + index * offer.priceMinor)),
      ],
      [
        words.rows.most,
        ...[costs, flats].map((all, index) => money(Math.max(...all) + index * offer.priceMinor)),
      ],
    ],
    after: [
      `${words.difference(saved > 0 ? money(saved) : null, saved < 0 ? money(-saved) : null)} ${words.calm}`,
      ...(limit === null ? [] : [words.beyond(format.duration(limit), money(rate))]),
    ],
    next: [
      words.next,
      ...(sender === null || contact === '' ? [] : [words.call(sender.name, contact)]),
    ],
    foot: [words.source(calculatedMonths === 0 ? null : format.date(startOn)), words.tax],
  };
}
