import type { PushKind } from '../../contract/connector.ts';
import { flowText, type Writable } from './yaml-text.ts';

export interface NewClient {
  name: string;
  /** `connection: id`. */
  ids: Readonly<Record<string, string>>;
  openingBlocks: readonly { hours: string; rate: string; purchasedOn: string }[];
  pastBlocks?: readonly { hours: string; rate: string; purchasedOn: string; expiresOn?: string }[];
}

interface NewConnection {
  name: string;
  vendorId: string;
  /** What people call the product. */
  title: string;
  /** As they go into the file: a secret is a reference. */
  settings: Readonly<Record<string, Writable>>;
  pushes: readonly PushKind[];
}

export interface NewConfig {
  timezone: string;
  currency: string;
  locale: string;
  connection: NewConnection;
  offer: { hours: string; rate: string; product: string | null };
  /** Null: the PSA has no list of work types. */
  workTypes: { covered: readonly string[]; excluded: readonly string[] } | null;
  clients: readonly NewClient[];
}

/** The agreement that new clients get. */
const firstAgreement = 'standard';

/** A first config file, in observe mode. `isShort`: a starter, without explanations. */
export function composeConfig(config: NewConfig, { isShort = false } = {}): string {
  const { connection, clients } = config;
  const sections = [
    headLines(config, isShort),
    ['connections:', ...connectionLines(connection, isShort)],
    offerLines(config, isShort),
    ['agreements:', ...agreementLines(config, isShort)],
    ['clients:', ...clients.map((client) => `  - ${flowText(clientEntry(client))}`)],
  ];
  const [today = ''] = new Date().toISOString().split('T');
  const block = flowText({ hours: '6.5', rate: config.offer.rate, purchasedOn: today });
  if (!isShort) {
    sections
      .at(-1)
      ?.unshift(
        '# Hours that a client has left already: openingBlocks: [HOURS], where HOURS is such as',
        `# ${block}. Work before that day is not debited.`,
        '# Blocks sold before, for `report leaks`: pastBlocks: [HOURS], or `block add CLIENT --past`.',
      );
  }
  return `${sections.map((lines) => lines.join('\n')).join(isShort ? '\n' : '\n\n')}\n`;
}

function headLines({ timezone, locale, currency, connection }: NewConfig, isShort: boolean) {
  const head = isShort
    ? [
        `# The least for ${connection.title}. \`prepaid-hours init\` writes this with your own names.`,
      ]
    : [
        '# prepaid-hours: everything it does is decided in this file. Check it: prepaid-hours check',
        '# More keys: config/connector.example.yaml and config/guide/configuration.md of the package.',
      ];
  const hint = (text: string) => (isShort ? '' : ` # ${text}`);
  return [
    ...head,
    `mode: observe${hint('decides and shows everything, sends nothing; live: sends')}`,
    `timezone: ${flowText(timezone)}`,
    `locale: ${flowText(locale)}${hint('messages and statements')}`,
    `currency: ${flowText(currency)}`,
  ];
}

/** One connection as lines under `connections:`. */
export function connectionLines(connection: NewConnection, isShort: boolean): string[] {
  const settings = Object.entries(connection.settings).map(([key, value]) => {
    const isReference = typeof value === 'string' && /^\$\{\w+\}$/.test(value);
    const text = isReference ? value : flowText(value, true);
    return `    ${key}: ${text}${isReference && !isShort ? ' # in .env' : ''}`;
  });
  return [`  ${connection.name}:`, `    vendor: ${connection.vendorId}`, ...settings];
}

function offerLines({ offer }: NewConfig, isShort: boolean): string[] {
  const { hours, rate, product } = offer;
  const terms = { hours, rate, ...(product === null ? {} : { product }) };
  const entry = { [offerName(hours)]: terms };
  if (isShort) return [`offers: ${flowText(entry)}`];
  const entries = Object.entries(entry).map(([name, value]) => `  ${name}: ${flowText(value)}`);
  return [
    'offers: # what a client buys; the rate is the price of one hour, before tax',
    ...entries,
  ];
}

function offerName(hours: string): string {
  return `block-${hours.replace('.', '-')}`;
}

function agreementLines(config: NewConfig, isShort: boolean): string[] {
  const rule = flowText(replenishRule(config));
  if (isShort) return [`  ${firstAgreement}:`, `    replenish: [${rule}]`];
  return [
    `  ${firstAgreement}: # time is debited once its ticket is closed, in steps of 15 minutes`,
    ...workTypeLines(config.workTypes),
    '    replenish: # when little is left: a ticket on your board, and the next invoice',
    `      - ${rule}`,
  ];
}

function workTypeLines(workTypes: NewConfig['workTypes']): string[] {
  if (workTypes === null) return [];
  const { covered, excluded } = workTypes;
  return [
    '    workTypes: # a type that is in neither list is debited, with a warning',
    ...(covered.length === 0 ? [] : listLines('covered', covered)),
    ...(excluded.length === 0 ? [] : listLines('excluded', excluded)),
  ];
}

const widthMax = 100;

/** In one line if it fits. */
function listLines(key: string, names: readonly string[]): string[] {
  const line = `      ${key}: ${flowText(names)}`;
  if (line.length <= widthMax) return [line];
  return [`      ${key}:`, ...names.map((name) => `        - ${flowText(name)}`)];
}

/** At a fifth of the block, with what the connection can do. */
function replenishRule({ offer, connection: { pushes } }: NewConfig): Writable {
  const hoursLeft = String(Math.max(1, Math.round(Number(offer.hours) / 5)));
  const acts = [
    ...(pushes.includes('alert-ticket') ? ['alert'] : []),
    ...(pushes.includes('invoice') ? ['invoice'] : []),
  ];
  const tell = pushes.includes('ticket-note') ? ['msp', 'client'] : ['msp'];
  return { when: { hoursLeft }, do: acts, offer: offerName(offer.hours), tell };
}

/** One client as it is written into the list. */
export function clientEntry(client: NewClient, agreement = firstAgreement): Writable {
  const { name, ids, openingBlocks, pastBlocks = [] } = client;
  return {
    ...{ name, ids, agreement },
    ...(openingBlocks.length === 0 ? {} : { openingBlocks }),
    ...(pastBlocks.length === 0 ? {} : { pastBlocks: pastBlocks.map((block) => ({ ...block })) }),
  };
}
