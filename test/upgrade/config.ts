/** The story's config file: several kinds of agreements, in three systems. */
import type { Ids } from './desks.ts';

/** `isTravelPaid`: the mistake of the run that is undone. */
export function configText(ids: Ids, isTravelPaid: boolean): string {
  const workTypes = isTravelPaid
    ? '{ covered: [Remote, On-site, Travel] }'
    : '{ covered: [Remote, On-site], excluded: [Travel], minimums: { On-site: 1h } }';
  return `mode: live
timezone: Europe/Paris
locale: en
currency: EUR
store: ./store.db
pushTo: psa
history: 2 months
balanceField: { connection: psa, field: Prepaid hours left }
connections:
  psa:
    vendor: connectwise
    baseUrl: \${CW_URL}
    companyId: mspdemo
    publicKey: \${CW_PUBLIC_KEY}
    privateKey: \${CW_PRIVATE_KEY}
    clientId: 11111111-2222-4333-8444-555555555555
    alerts: { board: Billing }
  halo:
    vendor: halopsa
    baseUrl: \${HALO_URL}
    clientId: sandbox-application
    clientSecret: \${HALO_CLIENT_SECRET}
    alerts: { ticketType: Billing Alert }
    requestsPerMinute: 60000
  syncro:
    vendor: syncro
    baseUrl: \${SYNCRO_URL}
    apiToken: \${SYNCRO_API_TOKEN}
    requestsPerMinute: 60000
offers:
  ten: { hours: 10, rate: 120.00, product: BLOCK-10, validFor: 12 months }
  five-hundred: { amount: 500.00, product: BLOCK-500 }
businessHours:
  office: { mon-fri: "08:00-12:00, 13:30-18:00", holidays: FR }
agreements:
  standard:
    rounding: { per: ticket, increment: 15m, minimum: 15m, grace: 5m }
    workTypes: ${workTypes}
    multipliers:
      - { outside: office, factor: 1.5 }
      - { workType: On-site, factor: 1.25 }
    replenish:
      - { when: { hoursLeft: 2 }, do: [alert, invoice], offer: ten, tell: [msp, client] }
      - { when: { hoursLeft: 3, balance: projected }, do: [alert] }
      - { when: { expiresWithinDays: 10 }, do: [alert] }
  money:
    rounding: { per: entry, increment: 6m }
    rates: { hour: 120.00, workTypes: { On-site: 150.00 } }
    replenish: [{ when: { amountLeft: 150.00 }, do: [alert, invoice], offer: five-hundred }]
  monthly:
    rounding: { per: day, increment: 30m }
    overage: { invoice: { rate: 150.00, when: monthly, product: OVERAGE } }
  rolling:
    debitWhen: logged
    rounding: { per: entry, increment: 1m }
    rollover: { hours: 2, validFor: 3 months }
clients:
  - name: Dupont Plomberie
    ids: { psa: ${ids.dupont} }
    agreement: standard
    locale: fr
    openingBlocks: [{ hours: 8, rate: 115.50, purchasedOn: 2026-09-01, expiresOn: 2027-08-31 }]
  - name: Harbour Dental
    ids: { psa: ${ids.harbour} }
    agreement: standard
    overrides: { activate: on-payment }
    openingBlocks: [{ hours: 4, rate: 120.00, purchasedOn: 2026-09-01 }]
  - name: Northgate Logistics
    ids: { psa: ${ids.northgate} }
    agreement: money
    openingBlocks: [{ amount: 640.00, purchasedOn: 2026-09-01 }]
  - name: Groupe Lambert
    ids: { psa: ${ids.lambert} }
    agreement: standard
    openingBlocks: [{ hours: 20, rate: 110.00, purchasedOn: 2026-09-01 }]
  - name: Lambert Sud
    ids: { psa: ${ids.lambertSouth} }
    agreement: standard
    paidBy: Groupe Lambert
    share: { percent: 40 }
  - name: Orchard School
    ids: { halo: ${ids.orchard} }
    agreement: standard
    pushTo: halo
    openingBlocks:
      - { hours: 3, rate: 120.00, purchasedOn: 2026-09-01, expiresOn: 2026-09-30 }
      - { hours: 9, rate: 120.00, purchasedOn: 2026-09-02, expiresOn: 2027-09-01 }
      - { hours: 4, rate: 140.00, purchasedOn: 2026-09-02, workTypes: [On-site] }
  - name: Riverside Hotel
    ids: { halo: ${ids.riverside} }
    agreement: monthly
    pushTo: halo
    openingBlocks: [{ hours: 3, rate: 120.00, purchasedOn: 2026-09-01 }]
  - name: Bakker Construction
    ids: { syncro: ${ids.bakker} }
    agreement: standard
    pushTo: syncro
    openingBlocks: [{ hours: 5, rate: 120.00, purchasedOn: 2026-09-01 }]
  - name: Janssens Transport
    ids: { syncro: ${ids.janssens} }
    agreement: rolling
    pushTo: syncro
    openingBlocks: [{ hours: 6, rate: 125.00, purchasedOn: 2026-09-01, expiresOn: 2026-10-15 }]
`;
}
