/** Writes what an admin would write: connector.yaml, and .env with the secrets beside it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays } from '../../src/domain/time.ts';
import { clients, holidays, zone } from './cast.ts';
import { openingSeconds } from './expected.ts';
import type { Month } from './month.ts';
import { pastBlockHours, pastClients, pastRate } from './past.ts';
import { balanceFieldName, type Stage } from './stage.ts';

const firstLine = '# Written by the demo. config/connector.example.yaml says more about each key.';

/** The statements of a demo are from somebody. */
const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 230 48" width="230" height="48">
<rect width="48" height="48" rx="10" fill="#0b6e69"/>
<path d="M13 34V14l11 12 11-12v20" fill="none" stroke="#fff" stroke-width="5"/>
<text x="60" y="33" font-family="sans-serif" font-size="26" font-weight="700" fill="#172033">Meridian IT</text>
</svg>
`;

/** Makes the folder anew and writes both files. Returns the config file's path. */
export function writeConfig(folder: string, month: Month, stage: Stage): string {
  const file = join(folder, 'connector.yaml');
  refuseForeign(folder, file);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, configText(month, stage));
  writeFileSync(join(folder, 'logo.svg'), logo);
  writeFileSync(join(folder, '.env'), environmentText(stage), { mode: 0o600 });
  return file;
}

/** The folder will be emptied, so it must be an earlier demo's, or hold nothing. */
function refuseForeign(folder: string, file: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  if (existsSync(file) && readFileSync(file, 'utf8').startsWith(firstLine)) return;
  throw new Error(`${folder} holds other files, and would be emptied. Name another with --out.`);
}

function environmentText({ psa, rmm }: Stage): string {
  return `# The credentials of the two sandboxes. With a real PSA, yours stand here.
CW_COMPANY_ID=${psa.config.companyId}
CW_PUBLIC_KEY=${psa.config.publicKey}
CW_PRIVATE_KEY=${psa.config.privateKey}
CW_CLIENT_ID=${psa.config.clientId}
NINJA_CLIENT_ID=${rmm.settings.clientId}
NINJA_CLIENT_SECRET=${rmm.settings.clientSecret}
`;
}

function configText(month: Month, stage: Stage): string {
  return `${firstLine}
mode: live
timezone: ${zone}
locale: en
currency: EUR
store: ./data/prepaid-hours.db
pushTo: psa
history: 1 month
balanceField: { connection: psa, field: "${balanceFieldName}" }
sender:
  name: Meridian IT
  address: [Koningsstraat 100, 1000 Brussels]
  email: support@meridian-it.example
  phone: +32 2 555 01 00
  website: https://meridian-it.example
  logo: logo.svg

connections:
  psa:
    vendor: connectwise
    baseUrl: ${stage.psa.baseUrl} # a sandbox on this machine; yours is https://api-eu.myconnectwise.net
    companyId: \${CW_COMPANY_ID}
    publicKey: \${CW_PUBLIC_KEY}
    privateKey: \${CW_PRIVATE_KEY}
    clientId: \${CW_CLIENT_ID}
    alerts: { board: Billing }
  rmm:
    vendor: ninjaone
    baseUrl: ${stage.rmm.baseUrl} # a sandbox as well; yours is https://eu.ninjarmm.com
    clientId: \${NINJA_CLIENT_ID}
    clientSecret: \${NINJA_CLIENT_SECRET}
    boards: [All tickets]
    remoteTools: [splashtop]

offers:
  ten: { hours: 10, rate: 120.00, product: BLOCK-10 }
  twenty: { hours: 20, rate: 110.00, product: BLOCK-20, validFor: 12 months }
  thirty: { hours: 30, rate: 110.00, product: BLOCK-30, validFor: 12 months }

businessHours:
  office: { mon-fri: "08:00-12:00, 13:30-18:00", holidays: ${holidays} }

agreements:
  standard:
    applies: { boards: [Help Desk, Projects, All tickets] }
    debitWhen: ticket-closed
    rounding: { per: ticket, increment: 15m, minimum: 15m, grace: 5m }
    workTypes:
      covered: [Remote, On-site, Maintenance]
      excluded: [Travel, Warranty]
      unlisted: covered
    multipliers:
      - { outside: office, factor: 2 }
      - { workType: On-site, factor: 1.25 }
    overage: carry
    unloggedTime: report
    replenish:
      - { when: { hoursLeft: 2 }, do: [alert, invoice], offer: ten, tell: [msp, client] }
      - { when: { hoursLeft: 4, balance: projected }, do: [alert] }
    activate: on-invoice

clients:
${clients.map((_, index) => clientText(month, stage, index)).join('')}`;
}

function clientText(month: Month, stage: Stage, index: number): string {
  const client = clients[index];
  if (client === undefined) return '';
  const organization = stage.organizations[index] ?? null;
  const rmm = organization === null ? '' : `, rmm: ${organization}`;
  const lines = [
    `  - name: ${client.name}`,
    `    ids: { psa: ${stage.companies[index]}${rmm} }`,
    '    agreement: standard',
    ...(client.locale === 'en' ? [] : [`    locale: ${client.locale}`]),
    '    openingBlocks:',
    ...blockLines(month, index),
    ...pastLines(stage, index),
    ...overrideLines(index),
  ];
  return `${lines.join('\n')}\n`;
}

function blockLines(month: Month, index: number): string[] {
  const client = clients[index];
  const hours = openingSeconds(month, index) / 3600;
  const older = client?.olderBlockHours ?? 0;
  const line = (amount: number, expiresOn: string) =>
    `      - { hours: ${amount}, rate: ${client?.rate}, purchasedOn: ${month.firstDay}, expiresOn: ${expiresOn} }`;
  const main = line(hours - older, addDays(month.today, client?.expiresInDays ?? 300));
  return older === 0 ? [main] : [line(older, addDays(month.today, 45)), main];
}

/** Sold before the program was there: `report leaks` tells what they did not cover. */
function pastLines({ past }: Stage, index: number): string[] {
  if (past === null || !pastClients.some((client) => client === index)) return [];
  const { purchasedOn } = past;
  return [
    '    pastBlocks:',
    `      - { hours: ${pastBlockHours}, rate: ${pastRate}, purchasedOn: ${purchasedOn} }`,
  ];
}

function overrideLines(index: number): string[] {
  const { activate, buys, isProactive = false } = clients[index] ?? {};
  if (activate === undefined && buys === undefined && !isProactive) return [];
  const replenish = `      replenish: [{ when: { hoursLeft: ${buys?.hoursLeft} }, do: [alert, invoice], offer: ${buys?.offer} }]`;
  return [
    '    overrides:',
    ...(activate === undefined ? [] : [`      activate: ${activate}`]),
    ...(buys === undefined ? [] : [replenish]),
    ...(isProactive ? ['      proactive: { workTypes: [Maintenance] }'] : []),
  ];
}
