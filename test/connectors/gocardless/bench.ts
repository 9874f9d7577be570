import { gocardless } from '../../../connectors/gocardless/index.ts';
import { type GoCardlessSandbox, startGoCardlessSandbox } from '../../sandbox/gocardless/index.ts';
import { type ProviderBench, withProvider } from '../provider-bench.ts';

export type GoCardlessBench = ProviderBench<GoCardlessSandbox>;

/** A Tuesday, a second before noon. */
const startMs = Date.parse('2026-03-10T11:59:59.000Z');

/** What changed lately is what changed within two days. */
export async function withGoCardless(
  use: (bench: GoCardlessBench) => Promise<void>,
  currency = 'USD',
): Promise<void> {
  const sandbox = await startGoCardlessSandbox({ now: () => startMs });
  await withProvider(gocardless, sandbox, { lately: 2 * 86_400, currency }, use);
}
