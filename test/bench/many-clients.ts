/** The config of an MSP with many clients, as a spreadsheet or an export would give it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const sections = `mode: live
timezone: Europe/Brussels
currency: EUR
store: ./data/prepaid-hours.db
pushTo: psa
connections:
  psa:
    vendor: connectwise
    baseUrl: http://127.0.0.1:1
    companyId: meridian
    publicKey: \${PSA_KEY}
    privateKey: \${PSA_KEY}
    clientId: \${PSA_KEY}
    alerts: { board: Billing }
offers:
  ten: { hours: 10, rate: 120.00, product: BLOCK-10 }
  twenty: { hours: 20, rate: 110.00, product: BLOCK-20, validFor: 12 months }
businessHours:
  office: { mon-fri: "08:00-18:00", closed: [2026-12-24] }
agreements:
  standard:
    rounding: { increment: 15m, minimum: 15m }
    workTypes: { excluded: [Sales], covered: [Travel] }
    multipliers: [{ outside: office, factor: 1.5 }]
    overage: { invoice: { rate: 130.00, when: monthly, product: OVERAGE } }
    replenish: [{ when: { percentLeft: 20 }, do: [alert, invoice], offer: ten, tell: [client] }]
  large:
    rounding: { increment: 30m }
    overage: carry
    replenish: [{ when: { hoursLeft: 5 }, do: [alert, invoice], offer: twenty }]
`;

/** One in twenty has terms of its own. */
export function manyClients(count: number): string {
  const clients = Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const overrides =
      number % 20 === 0
        ? `\n    overrides: { rounding: { increment: ${10 + (number % 3) * 5}m } }`
        : '';
    const block = (day: number, hours: number) =>
      `\n      - hours: ${hours + (number % 8) / 4}\n        rate: ${100 + (number % 40)}.00` +
      `\n        purchasedOn: 2026-03-${String(day).padStart(2, '0')}\n        expiresOn: 2027-03-31`;
    return `  - name: "Client ${number} of Meridian IT, ${number} Koningsstraat, Brussels"
    ids: { psa: ${number} }
    formerIds: { psa: ${number + 1_000_000} }
    agreement: ${number % 4 === 0 ? 'large' : 'standard'}
    locale: ${number % 2 === 0 ? 'fr' : 'en-GB'}
    timezone: Europe/${number % 3 === 0 ? 'Paris' : 'Brussels'}${overrides}
    openingBlocks:${[1, 9, 17].map((day) => block(day, day)).join('')}
    pastBlocks:${[2, 10].map((day) => block(day, 60).replaceAll('2026-', '2025-').replaceAll('2027-', '2026-')).join('')}
`;
  });
  return `${sections}clients:\n${clients.join('')}`;
}

export function writeManyClients(file: string, count: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, manyClients(count));
}
