/** What SuperOps says by HTTP 200, and what is made of it. */
import { describe, expect, test } from '@jest/globals';
import { classifyGraphql } from '../../../connectors/superops/call.ts';
import { checked, read, soon, withSuperops } from './bench.ts';

describe('SuperOps says no with HTTP 200', () => {
  const kindOf = (json: unknown, query = 'query') => {
    const body = { operationName: 'getTicketList', query };
    const isRead = query === 'query';
    const request = { method: 'POST' as const, path: '/msp', body, isRead, signal: soon() };
    const plain = { status: 200, headers: {}, contentType: 'application/json' };
    return classifyGraphql({ ...plain, text: JSON.stringify(json), request }, Date.now());
  };
  const coded = (code: string) => ({
    data: { getTicketList: null },
    errors: [{ message: 'No.', extensions: { clientError: [{ code }] } }],
  });

  test.each([
    ['rate_limit_exceeded', 'rate-limited'],
    ['forbidden', 'permission'],
    ['subscription_paused', 'permission'],
    ['mandatory_validation_failed', 'rejected'],
    ['entity_does_not_exist', 'rejected'],
  ])('%s is %s, for a write too', (code, kind) => {
    expect(kindOf(coded(code))).toMatchObject({ kind });
    expect(kindOf(coded(code), 'mutation')).toMatchObject({ kind });
  });

  test('a minute that is used up is waited out', () => {
    expect(kindOf(coded('rate_limit_exceeded'))).toMatchObject({ retryAfterSeconds: 15 });
  });

  test('a list is requested again then, and not before', () =>
    withSuperops(async (bench) => {
      bench.sandbox.options.requestsPerMinute = 1;
      await read(bench, 'clients');
      const late = read(bench, 'clients', { signal: AbortSignal.timeout(300) });
      await expect(late).rejects.toThrow();
      expect(bench.requests()).toHaveLength(2);
      const waits = bench.context.logs.map(({ detail }) => Number(detail?.waitMs ?? 0));
      expect(Math.max(...waits)).toBeGreaterThanOrEqual(15_000);
    }));

  test('what is not understood was not run; what failed inside may have been', () => {
    const classified = (classification: string) => ({
      errors: [{ message: 'No.', extensions: { classification } }],
    });
    expect(kindOf(classified('ValidationError'), 'mutation')).toMatchObject({ kind: 'contract' });
    expect(kindOf(classified('DataFetchingException'))).toMatchObject({ kind: 'transient' });
    expect(kindOf(classified('DataFetchingException'), 'mutation')).toMatchObject({
      kind: 'unknown-outcome',
    });
    const half = { ...coded('forbidden'), data: { createTicket: { ticketId: '1' } } };
    expect(kindOf(half, 'mutation')).toMatchObject({ kind: 'unknown-outcome' });
  });

  test('texts that speak of errors are no errors', () => {
    expect(kindOf({ data: { note: '{"errors": [1]}' }, errors: [] })).toBeNull();
  });

  test('a subdomain that is not known is a fault of the config', () =>
    withSuperops(async (bench) => {
      const results = await checked(bench, bench.connect({ subdomain: 'elsewhere' }));
      expect(results.get('auth')).toMatchObject({ status: 'failed', kind: 'config' });
    }));
});
