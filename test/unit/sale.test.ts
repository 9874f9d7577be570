import { expect, test } from '@jest/globals';
import { formatIn, toFormatOptions } from '../../src/domain/format.ts';
import type { Crossing } from '../../src/domain/thresholds/episodes.ts';
import type { Position } from '../../src/domain/thresholds/thresholds.ts';
import { refusalPhrase } from '../../src/replenish/messages/refusals.ts';
import { decideSales, type Refusal, withOrders } from '../../src/replenish/sale.ts';
import { ten } from '../support/terms.ts';

const position: Position = {
  today: '2026-03-02',
  workTypes: null,
  blocks: [],
  hasHours: true,
  balances: { settledSeconds: 3600, overageSeconds: 0, pendingSeconds: 0 },
  moneyLeft: new Map(),
  moneyOwed: new Map(),
  forecast: () => null,
};
const when = { balance: 'settled', secondsLeft: 7200 } as const;
const crossing: Crossing = {
  threshold: 'settled<=7200',
  number: 1,
  block: null,
  position,
  rule: { when, do: ['alert', 'invoice'], offer: ten, tell: ['msp'] },
};
const reached = { positions: [position], crossings: [crossing, crossing], orders: [] };

test('nothing is sold to a client whose sales are on hold, and that is said once', () => {
  const onHold: Refusal = { why: 'on-hold' };
  expect(decideSales({ ...reached, unusable: null }, null).sales).toHaveLength(1);
  const known = { family: [], ordered: [], isClosed: true };
  const held = withOrders(reached.positions, reached.crossings, known);
  expect(decideSales(held, null)).toEqual({ sales: [], refusals: [onHold] });
});

test.each<[Refusal, string]>([
  [
    { why: 'order-open', invoiceKey: null },
    'Pas de nouvelle vente : une commande est déjà en cours.',
  ],
  [
    { why: 'order-open', invoiceKey: 'ph:inv:c1:0123456789ab' },
    'Pas de nouvelle vente : une commande est déjà en cours (facture ph:inv:c1:0123456789ab).',
  ],
  [
    { why: 'on-hold' },
    'Pas de vente : les ventes automatiques à ce client sont suspendues (pour les reprendre : prepaid-hours block resume).',
  ],
  [
    { why: 'agreement-ended', on: '2026-03-31' },
    'Pas de vente : le contrat a pris fin le 31 mars 2026.',
  ],
  [
    { why: 'agreement-later', on: '2026-03-31' },
    'Pas de vente : le contrat ne commence que le 31 mars 2026.',
  ],
  [
    { why: 'too-many', offer: ten, wanted: 12 },
    'Il faudrait 12 × « ten », or une vente en compte 10 au plus : convenez du reste avec le client.',
  ],
  [
    { why: 'offer-limited', offer: { ...ten, workTypes: ['Remote', 'Phone'] } },
    'Pas de vente : l’offre « ten » ne couvre que Remote, Phone.',
  ],
])('a French reader is told why: %j', (refusal, text) => {
  expect(refusalPhrase(refusal, formatIn(toFormatOptions('fr')))).toBe(text);
});
