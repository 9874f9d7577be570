import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { KindError } from '../../domain/errors.ts';
import { type Language, type Locale, languageOf } from '../../domain/format.ts';

/** Those whose values differ. */
type OtherName = 'recharge-note' | 'overage-invoice' | 'usage-ticket' | 'usage-note';

const names = [
  'alert-ticket',
  'client-note',
  'order-ticket',
  'order-note',
  'idle-ticket',
  'idle-note',
  'usage-ticket',
  'usage-note',
  'recharge-note',
  'invoice',
  'overage-invoice',
] as const;
type TemplateName = (typeof names)[number];

const languages: readonly Language[] = ['en', 'fr'];

/** What every template may use, as `it.NAME`; values are formatted texts. */
export interface TemplateValues {
  client: string;
  /** Hours, money, or both, depending on the client's blocks; so are the next two. */
  hoursLeft: string;
  settled: string;
  projected: string;
  /** Null if there is none. */
  overage: string | null;
  pending: string | null;
  /** `1.5 h left`, `2.25 h over`: after debited work, each kind of hours separately. */
  balance: string;
  /** The same as a clause to the client: `you have 1.5 h left`. */
  youHave: string;
  /** Whether the client used more than was bought, of every kind of hours. */
  isOver: boolean;
  /** The balance after pending work; null if there is none. */
  afterPending: string | null;
  /** Whether only that reached a threshold. */
  isAfterPending: boolean;
  /** The lowest threshold reached of each kind of hours, and expiring blocks, as text. */
  thresholds: string[];
  /** Whether the message is only about a block that expires with hours left. */
  isExpiryOnly: boolean;
  /** When the hours will be used up: `between 5 March 2026 and 12 March 2026`. */
  runOut: string | null;
  /** The offer sold or proposed, and all of them: one per kind of hours. */
  offer: OfferValues | null;
  offers: OfferValues[];
  /** Whether an invoice for the offers is created automatically. */
  isInvoiced: boolean;
  /** Whether hours can only be used once they are paid. */
  isPaidFirst: boolean;
  /** What is invoiced automatically at a lower level; null if it is, or if something is sold now. */
  nextSale: { when: string; what: string } | null;
  /** Why a user sold by hand; null: not said. */
  reason: string | null;
  /** Whether the client never had a block or used any time. */
  isNew: boolean;
  /** The last day of charged work; null: none yet, or no rule asks. */
  lastWork: string | null;
  /** What is left of the block that expires first, and its last day; null: none expires. */
  expiry: { left: string; on: string } | null;
  /** Why nothing, or not enough, is sold: one sentence each. */
  noSale: string[];
  /** How a recharge is collected, and whether a user must approve it: sentences, for the MSP. */
  recharge: string[];
  isOrderOpen: boolean;
  /** Whether a recharge, with its note to the client, waits for a user. */
  isUnapproved: boolean;
  /** Whether the client gets a note. */
  isClientTold: boolean;
  /** The link to the client's page, or the command that writes a statement. */
  statement: string;
  /** The address of the client's page, which is always up to date; null: it has none. */
  page: string | null;
  /** The MSP's name, and how to reach it: `call … or write to …`. */
  sender: string | null;
  contact: string | null;
  /** Date of the decision in the client's zone. */
  asOf: string;
  key: string;
}

export interface OfferValues {
  name: string;
  /** Size of one block. */
  hours: string;
  /** Null for a money block. */
  rate: string | null;
  total: string;
  quantity: number;
  /** `2 × 10 h`. */
  size: string;
  /** One block as an invoice line: `10 h support block`. */
  label: string;
  /** All of them in a sentence: `2 support blocks of 10 h`. */
  what: string;
  validFor: string | null;
  /** The invoice's number, or its key until the number is known; null: nothing is invoiced. */
  invoice: string | null;
}

/** What `usage-ticket` and `usage-note` may use. */
export interface UsageValues extends TemplateValues {
  usage: {
    /** Worked within the window, or on the ticket so far. */
    spent: string;
    /** The window; null: it is about one ticket. */
    within: string | null;
    /** That ticket: `#1001 Printer`; null: it is about the client. */
    ticket: string | null;
    /** With their time in it; most first. */
    tickets: { label: string; time: string }[];
    technicians: { name: string; time: string }[];
  };
}

/** What `overage-invoice` may use. */
interface OverageValues {
  client: string;
  hours: string;
  rate: string;
  total: string;
  /** One per ticket: `#1001 Printer, 4 March 2026: 1 h, €150.00`. */
  lines: string[];
  contact: string | null;
  asOf: string;
  key: string;
}

/** What `recharge-note` may use. */
interface RechargeValues {
  event: 'announced' | 'collected' | 'overdue' | 'failed' | 'retry' | 'returned' | 'ended';
  client: string;
  /** Whether a user sold it, not a threshold; and whether the next one is sold automatically. */
  isByHand: boolean;
  isRepeated: boolean;
  size: string;
  amount: string;
  invoice: string | null;
  /** Whether we charge, through a payment provider, and how many days after the announcement. */
  isCharged: boolean;
  noticeDays: number;
  /** When it is charged again. */
  on: string | null;
  /** `you have 1.5 h left`. */
  youHave: string;
  used: string | null;
  sender: string | null;
  contact: string | null;
  key: string;
}

interface RenderedMessage {
  subject: string;
  body: string;
}

type AnyValues = TemplateValues | UsageValues | OverageValues | RechargeValues;

export interface MessageTemplates {
  render(
    name: Exclude<TemplateName, OtherName>,
    locale: Locale,
    values: TemplateValues,
  ): RenderedMessage;
  render(name: 'usage-ticket' | 'usage-note', locale: Locale, values: UsageValues): RenderedMessage;
  render(name: 'overage-invoice', locale: Locale, values: OverageValues): RenderedMessage;
  render(name: 'recharge-note', locale: Locale, values: RechargeValues): RenderedMessage;
}

/**
 * Loads and compiles the templates: a first line `subject: …`, an empty line, the body. Throws
 * `config` with the file's name if one is missing or does not compile. Of several folders, the first
 * that has the file counts: a new template need not be copied into an admin's own.
 */
export function loadTemplates(folders: readonly string[]): MessageTemplates {
  const eta = new Eta({ autoEscape: false, autoTrim: false });
  const compiled = new Map<string, { file: string; text: ReturnType<Eta['compile']> }>();
  for (const language of languages) {
    for (const name of names) {
      const files = folders.map((folder) => join(folder, language, `${name}.eta`));
      const file = files.find((path) => existsSync(path)) ?? files[0] ?? '';
      compiled.set(`${language}/${name}`, { file, text: compile(eta, file) });
    }
  }
  return {
    render(name: TemplateName, locale: Locale, values: AnyValues) {
      const path = `${languageOf(locale)}/${name}`;
      const template = compiled.get(path);
      if (template === undefined) throw new Error(`template ${path} was not loaded`);
      return split(template.file, renderText(eta, template, values));
    },
  };
}

/** By their text: each run reads the files again, and they rarely change. */
const compiledTexts = new Map<string, ReturnType<Eta['compile']>>();

function compile(eta: Eta, file: string): ReturnType<Eta['compile']> {
  try {
    const text = readFileSync(file, 'utf8');
    const template = compiledTexts.get(text) ?? eta.compile(text);
    compiledTexts.set(text, template);
    return template;
  } catch (cause) {
    throw templateError(file, cause);
  }
}

function renderText(
  eta: Eta,
  template: { file: string; text: ReturnType<Eta['compile']> },
  values: AnyValues,
): string {
  try {
    return eta.render(template.text, values);
  } catch (cause) {
    throw templateError(template.file, cause);
  }
}

function split(file: string, text: string): RenderedMessage {
  const match = /^subject:[ \t]*(.+?)[ \t]*\r?\n\r?\n([\s\S]+)$/.exec(text.trimStart());
  if (match?.[1] === undefined || match[2] === undefined) {
    throw templateError(file, new Error('it must start with "subject: …" and an empty line'));
  }
  // An omitted section leaves its empty lines behind.
  const body = match[2].replace(/(\r?\n)(?:[ \t]*\r?\n){2,}/g, '$1$1').trimEnd();
  return { subject: match[1], body };
}

function templateError(file: string, cause: unknown): KindError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new KindError('config', `The message template ${file} cannot be used: ${why}.`, {
    fix: 'Correct the file, or restore the built-in one.',
    cause,
  });
}
