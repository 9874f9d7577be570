import { stripe } from '../../../connectors/stripe/index.ts';
import { type StripeSandbox, startStripeSandbox } from '../../sandbox/stripe/index.ts';
import { type ProviderBench, type ProviderBenchOptions, withProvider } from '../provider-bench.ts';

export type StripeBench = ProviderBench<StripeSandbox>;

/** A Tuesday, at noon. */
const startMs = Date.parse('2026-03-10T12:00:00.000Z');

export async function withStripe(
  use: (bench: StripeBench) => Promise<void>,
  options: ProviderBenchOptions = {},
): Promise<void> {
  const sandbox = await startStripeSandbox({ now: () => startMs });
  await withProvider(stripe, sandbox, { lately: 3600, timezone: 'UTC', ...options }, use);
}
