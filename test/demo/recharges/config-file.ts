/** The config of the story's MSP, and .env with the secrets beside it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dateInZone } from '../../../src/domain/time.ts';
import { clients, zone } from './cast.ts';
import { balanceFieldName, type RechargeStage } from './stage.ts';

export function writeRechargeConfig(folder: string, stage: RechargeStage): string {
  const file = join(folder, 'connector.yaml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, configText(stage));
  writeFileSync(join(folder, '.env'), environmentText(stage), { mode: 0o600 });
  return file;
}

function environmentText({ psa, stripe }: RechargeStage): string {
  return `CW_COMPANY_ID=${psa.config.companyId}
CW_PUBLIC_KEY=${psa.config.publicKey}
CW_PRIVATE_KEY=${psa.config.privateKey}
CW_CLIENT_ID=${psa.config.clientId}
STRIPE_SECRET_KEY=${stripe.settings.secretKey}
`;
}

function configText(stage: RechargeStage): string {
  return `# Written by the demo. config/guide/recharge.md says how recharges work.
mode: live
timezone: ${zone}
locale: en-US
currency: USD
store: ./data/prepaid-hours.db
pushTo: psa
history: 3 months
balanceField: { connection: psa, field: "${balanceFieldName}" }
sender:
  name: Harborview IT
  address: [100 State Street, "Boston, MA 02109"]
  email: support@harborview-it.example
  phone: +1 617 555 0100

connections:
  psa:
    vendor: connectwise
    baseUrl: ${stage.psa.baseUrl} # a sandbox on this machine
    companyId: \${CW_COMPANY_ID}
    publicKey: \${CW_PUBLIC_KEY}
    privateKey: \${CW_PRIVATE_KEY}
    clientId: \${CW_CLIENT_ID}
    alerts: { board: Billing }
  stripe:
    vendor: stripe
    baseUrl: ${stage.stripe.baseUrl} # a sandbox as well; leave it out for yours
    secretKey: \${STRIPE_SECRET_KEY}

accounting: # as in QuickBooks Online
  deferredRevenue: Deferred revenue
  revenue: Support revenue
  breakage: Expired hours
  receivable: Accounts receivable (A/R)
  refunds: Refunds payable
  adjustments: Goodwill
  perClient: true

offers:
  ten: { hours: 10, rate: 120.00, product: BLOCK-10 }

agreements:
  stripe: # charged by ACH, three days after the client was told
    activate: on-payment
    recharge: { collect: stripe, noticeDays: 3, perMonth: 5000.00 }
    replenish:
      - { when: { hoursLeft: 2 }, do: [recharge], offer: ten }
  psa: # invoices of the PSA are collected by another program
    activate: on-payment
    recharge: { collect: psa, autopayUpTo: 3000.00, chaseAfterDays: 7 }
    replenish:
      - { when: { hoursLeft: 2 }, do: [recharge], offer: ten }

clients:
${clients.map((_, index) => clientText(stage, index)).join('')}`;
}

function clientText({ companies, customers, clock }: RechargeStage, index: number): string {
  const client = clients[index];
  if (client === undefined) return '';
  const customer = customers[index] ?? null;
  const stripe = customer === null ? '' : `, stripe: ${customer}`;
  const bought = dateInZone(clock.at(-30), zone);
  return `  - name: ${client.name}
    ids: { psa: ${companies[index]}${stripe} }
    agreement: ${client.collect}
    openingBlocks: [{ hours: ${client.openingHours}, rate: 120.00, purchasedOn: ${bought} }]
`;
}
