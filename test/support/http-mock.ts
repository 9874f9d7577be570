/**
 * The only door to nock, for what real loopback HTTP can't show: an https host, another origin. In a
 * file that calls `useHttpMock`, every request but one to 127.0.0.1 must be mocked and every mock used.
 */
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import nock from 'nock';

const unmocked: string[] = [];

/** Declares the hooks; call it once at the top of a test file. */
export function useHttpMock(): void {
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
    nock.enableNetConnect(/^127\.0\.0\.1:/);
    nock.emitter.on('no match', rememberUnmocked);
  });
  afterEach(() => {
    const faults = takeHttpMockFaults();
    if (faults.length > 0) throw new Error(faults.join('\n\n'));
  });
  afterAll(() => {
    nock.emitter.off('no match', rememberUnmocked);
    nock.enableNetConnect();
    nock.restore();
  });
}

/** Mocks of one origin: `mockOrigin('https://psa.example').get('/tickets').reply(200, [])`. */
export function mockOrigin(origin: string): nock.Scope {
  return nock(origin);
}

/** What the test so far did against the rules, each with what to do about it; forgets it all. */
export function takeHttpMockFaults(): string[] {
  const unused = nock.pendingMocks();
  const faults = [
    ...new Set(
      unmocked.map((request) => `${request} left this test without a mock.\n${mockIt(request)}`),
    ),
    ...unused.map(
      (mock) =>
        `${mock} is mocked and was never asked for.\n` +
        'Remove the mock, or find out why the code no longer sends that request.',
    ),
  ];
  unmocked.splice(0);
  nock.cleanAll();
  return faults;
}

function rememberUnmocked(request: Request): void {
  if (new URL(request.url).hostname !== '127.0.0.1') {
    unmocked.push(`${request.method} ${request.url}`);
  }
}

function mockIt(request: string): string {
  const [method = 'GET', address = ''] = request.split(' ');
  const url = new URL(address);
  return (
    `Mock it before it is sent: mockOrigin('${url.origin}')` +
    `.${method.toLowerCase()}('${url.pathname}${url.search}').reply(200, {…}),\n` +
    'or, if it should not be sent, mend the code. Only 127.0.0.1 is reached for real.'
  );
}
