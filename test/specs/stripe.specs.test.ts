/**
 * Weeks of the connector against its sandbox, then every exchange of them against the vendor's own document: check,
 * pulls, charges that succeed, fail, are returned, refunded and cancelled.
 */
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { soon } from '../connectors/pull-rows.ts';
import { type StripeBench, withStripe } from '../connectors/stripe/bench.ts';
import type { OpenApiDocument, Patch } from './open-api.ts';
import { loadSpec, madeExchange, specsFolder, validateExchanges } from './schema-check.ts';

const folder = specsFolder();

const options = { basePathPattern: /^(?=\/v1\/)/ };

const list = (item: string) => ({
  type: 'object',
  required: ['data', 'has_more', 'object', 'url'],
  properties: {
    data: { type: 'array', items: { $ref: `#/components/schemas/${item}` } },
    has_more: { type: 'boolean' },
    object: { enum: ['list'] },
    url: { type: 'string' },
  },
});

const query = (name: string, type: string) => ({ name, in: 'query', schema: { type } });

const patches: Patch[] = [
  {
    what: 'disputes and the account',
    why: 'the stored copy leaves their paths out, and has their schemas',
    apply(document) {
      const answering = (schema: object) => ({
        responses: { '200': { content: { 'application/json': { schema } } } },
      });
      const paging = [query('limit', 'integer'), query('starting_after', 'string')];
      const parameters = [...paging, query('payment_intent', 'string')];
      document.paths['/v1/disputes'] = { get: { parameters, ...answering(list('dispute')) } };
      const account = { $ref: '#/components/schemas/account' };
      document.paths['/v1/account'] = { get: answering(account) };
    },
  },
  {
    what: 'the object of an event',
    why: 'it has no properties in the document, and is that of any other schema',
    apply({ components }) {
      const data = components?.schemas?.notification_event_data;
      const properties = (data?.properties ?? {}) as { [name: string]: object };
      properties.object = { type: 'object' };
      properties.previous_attributes = { type: 'object' };
    },
  },
];

(folder === null ? describe.skip : describe)('Stripe by the vendor’s document', () => {
  test('knows every request and answer of some weeks', () =>
    withStripe(async (bench) => {
      await someWeeks(bench);
      const { exchanges } = bench.sandbox;
      expect(exchanges.length).toBeGreaterThan(80);
      const used = new Set(exchanges.map(({ status }) => status));
      expect([...used].sort()).toEqual([200, 400, 402, 404]);
      expect(validateExchanges(exchanges, [loadDocument()], options)).toEqual([]);
    }));

  test('sees an unknown path, parameter, field and value', () => {
    const form = 'amount=much&customer=cus_1&currency=eur&metadata[a]=1&colour=red&confirm=perhaps';
    const posted = madeExchange('POST', '/v1/payment_intents', form, {});
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const faulty = [
      madeExchange('GET', '/v1/events?created[since]=5&limit=many&shade=red', '', {}),
      madeExchange('GET', '/v1/payment_intents?created[gte]=soon', '', { data: [{ id: 5 }] }),
      { ...posted, request: { ...posted.request, headers, body: form } },
      madeExchange('GET', '/v1/letters', '', []),
    ];
    const found = validateExchanges(faulty, [loadDocument()], options).join('\n');
    expect(found).toContain('GET /v1/events: query parameter created[since]=5');
    expect(found).toContain('query parameter limit=many is not of type integer');
    expect(found).toContain('unknown query parameter shade');
    expect(found).toContain('query parameter created[gte]=soon');
    expect(found).toContain('answer /data/0/id must be string');
    expect(found).toContain('POST /v1/payment_intents: form /amount must be integer');
    expect(found).toContain('form /confirm must be boolean');
    expect(found).toContain('form / must NOT have additional properties colour');
    expect(found).toContain('GET /v1/letters: is not in the vendor’s documents');
  });
});

function loadDocument(): OpenApiDocument {
  return loadSpec(path.join(folder ?? '', 'stripe', 'stripe-spec3-trimmed.json'), patches);
}

async function someWeeks(bench: StripeBench): Promise<void> {
  const { state, dupont, martin, connector } = bench;
  const account = state.addMethod(dupont, 'us_bank_account', {
    behaviour: { disputed: { afterDays: 3, reason: 'insufficient_funds' } },
  });
  state.setDefault(dupont, account);
  const card = state.addMethod(martin, 'card', { behaviour: { declines: 'insufficient_funds' } });
  state.addMethod(martin, 'sepa_debit', { via: 'charge' });
  state.addMethod(martin, 'bacs_debit');
  state.addMethod(martin, 'link');
  state.addPendingSetup(martin);
  await bench.checked();
  await connector.listClients?.(soon());
  state.setDefault(martin, card);
  await bench.charge();
  const declined = await bench.charge({ clientId: martin, key: 'declined' });
  const message = bench.recharge({ clientId: martin, key: 'declined' });
  const withdrawal = { remoteId: declined, reason: 'A mistake.' };
  await connector.push.recharge?.inspect?.(message, declined, soon());
  await connector.push.recharge?.withdraw?.(message, withdrawal, soon());
  state.method(card).behaviour = { requiresAction: true };
  await bench.charge({ clientId: martin, key: 'asks' });
  await expect(bench.charge({ clientId: 'cus_none' })).rejects.toThrow();
  for (let day = 0; day < 10; day += 1) {
    state.passDays(1);
    await bench.payments();
    await bench.mandates();
  }
  state.refund([...state.intents.keys()][0] ?? '', 500);
  state.failRefund([...state.intents.keys()][0] ?? '', 500);
  state.block(account, 'bank_account_closed', 'R02');
  state.cancelMandate(account);
  state.detach(card);
  await bench.payments();
  await bench.mandates({ clientIds: [dupont, martin, 'cus_none'] });
  await bench.payments({ since: '2025-01-01T00:00:00.000Z', clientIds: [dupont, 'cus_none'] });
  state.deleteCustomer(martin);
  await bench.checked();
}
