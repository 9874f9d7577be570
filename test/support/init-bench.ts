/** Vendors’ sandboxes with 12 clients each, and what `init` has to be told of them. */
import { startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { startHalopsaSandbox } from '../sandbox/halopsa/index.ts';
import { startSyncroSandbox } from '../sandbox/syncro/index.ts';

export interface InitBench {
  /** Every answer. */
  flags: string[];
  /** The secrets, by their variables. */
  env: Record<string, string>;
  /** A client on whom the PSA counts down hours of its own, with what is left. */
  native: { client: string; hours: number } | null;
  close(): Promise<void>;
}

export const clientNames = Array.from({ length: 12 }, (_, index) => `Client ${index + 1}`);

const terms = ['--clients', 'all', '--offer', '10@120', '--yes'];

const settings = (values: Record<string, string>) =>
  Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

export const initBenches: readonly { vendor: string; start(): Promise<InitBench> }[] = [
  { vendor: 'halopsa', start: startHalopsa },
  { vendor: 'syncro', start: startSyncro },
  { vendor: 'connectwise', start: startConnectwise },
];

async function startHalopsa(): Promise<InitBench> {
  const { state, settings: own, close } = await startHalopsaSandbox();
  for (const name of clientNames) state.addClient(name);
  const { baseUrl, clientId, clientSecret, alerts } = own;
  const set = settings({
    baseUrl,
    clientId,
    requestsPerMinute: '60000',
    'alerts.ticketType': alerts.ticketType,
  });
  const flags = ['--vendor', 'halopsa', ...set, ...terms];
  return { flags, env: { PSA_CLIENT_SECRET: clientSecret }, native: null, close };
}

async function startSyncro(): Promise<InitBench> {
  const { state, settings: own, close } = await startSyncroSandbox();
  for (const name of clientNames) state.addCustomer(name);
  const set = settings({ baseUrl: own.baseUrl, requestsPerMinute: '60000' });
  const flags = ['--vendor', 'syncro', ...set, ...terms];
  return { flags, env: { PSA_API_TOKEN: own.apiToken }, native: null, close };
}

async function startConnectwise(): Promise<InitBench> {
  const { state, config, close } = await startConnectwiseSandbox();
  const companies = clientNames.map((name) => state.addCompany({ name }));
  for (const name of ['Remote', 'On-site', 'Travel']) state.addWorkType({ name });
  state.addAgreement({ company: companies[4] ?? 0, name: 'Block 20 h', limit: 7.5 });
  const { baseUrl, companyId, publicKey, privateKey, clientId } = config;
  const set = settings({ baseUrl, companyId, clientId, 'alerts.board': 'Billing' });
  const more = ['--exclude', 'Travel', '--product', 'BLOCK-10'];
  return {
    flags: ['--vendor', 'connectwise', ...set, ...more, ...terms],
    env: { PSA_PUBLIC_KEY: publicKey, PSA_PRIVATE_KEY: privateKey },
    native: { client: 'Client 5', hours: 7.5 },
    close,
  };
}
