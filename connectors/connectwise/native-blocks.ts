/** Agreements by which ConnectWise draws hours by itself, and what is left on each. */

import { z } from 'zod';
import type { BlockPage, CheckResult, VendorBlock } from '../../src/contract/connector.ts';
import { secondsOf } from '../http/exact.ts';
import { parseRows } from '../http/rows.ts';
import { DecimalText } from '../http/wire.ts';
import { type Agreement, activeAgreements } from './agreements.ts';
import type { Api } from './api.ts';
import { factResult, readFact } from './facts.ts';

/** Counted in the agreement's own units. */
export const Recap = z.object({
  adjustmentAmount: DecimalText.nullish(),
  remainingAmount: DecimalText.nullish(),
});

export function readRecap(api: Api, agreementId: string, signal: AbortSignal) {
  return api.get(`/finance/agreementrecap/${agreementId}`, '', Recap, signal);
}

/** What is left on each; nothing where the recap is known to count otherwise than in hours. */
export async function* readBlocks(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<BlockPage> {
  if ((await readFact(api.context, 'recap-hours')) === 'no') return;
  for (const agreement of await countedAgreements(api, clientIds, signal)) {
    if (agreement.applicationUnlimitedFlag === true) continue;
    const recap = { id: agreement.id, ...(await readRecap(api, agreement.id, signal)) };
    yield parseRows([recap], RecapRow, ({ remainingAmount }) =>
      toBlock(agreement, remainingAmount),
    );
  }
}

const RecapRow = z.object({ id: z.string(), remainingAmount: DecimalText });

function toBlock({ id, name, company }: Agreement, remaining: string): VendorBlock {
  const remainingSeconds = secondsOf(remaining, 'hours');
  return { sourceId: id, clientId: company?.id ?? '', name, remainingSeconds };
}

async function countedAgreements(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<Agreement[]> {
  const active = await activeAgreements(api, clientIds, signal);
  return active.filter((agreement) => agreement.applicationUnits === 'Hours');
}

/** One warning for each, and whether its balance can be compared with ours. */
export async function nativeBlocks(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const counted = await countedAgreements(api, clientIds, signal);
  if (counted.length === 0) {
    const detail = 'No configured client has an active agreement in hours.';
    return [{ id: 'native-agreements', status: 'ok', detail }];
  }
  const warnings = counted.map(
    (agreement): CheckResult => ({
      id: `native-agreement.${agreement.id}`,
      status: 'warning',
      detail: `${agreement.company?.name ?? `Company ${agreement.company?.id}`} has an active agreement in hours, "${agreement.name}": two systems would debit the same hour.`,
      fix: 'Take its remaining hours over as an opening block and end it, or leave the client out.',
    }),
  );
  // With that route the probe settles it, and check lists it among what is settled so.
  if (api.config.billing.invoiceRoute === 'agreement') return warnings;
  const fix = 'Hold what `reconcile` shows for one such agreement against its page in ConnectWise.';
  return [...warnings, { ...(await factResult(api.context, 'recap-hours')), fix }];
}
