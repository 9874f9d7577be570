/** ConnectWise's own agreements in hours, which debit the same time: their balances, and warnings. */
import { z } from 'zod';
import type { BlockPage, SourceId, VendorBlock } from '../../src/contract/connector.ts';
import { secondsOf } from '../http/answers/exact.ts';
import { parseRows } from '../http/answers/rows.ts';
import { DecimalText, Id } from '../http/answers/wire.ts';
import { nativeContracts } from '../kit/checking/checks.ts';
import type { Psa } from './call.ts';
import { companyNumbers, readRowsByIds } from './lists.ts';
import { Flag, Reference, Text } from './schema.ts';

const Agreement = z.object({
  id: Id,
  name: z.string(),
  company: Reference,
  applicationUnits: Text,
  applicationUnlimitedFlag: Flag,
  agreementStatus: Text,
  cancelledFlag: Flag,
});

async function activeInHours(psa: Psa, clientIds: readonly SourceId[]) {
  const ids = companyNumbers(clientIds);
  const all = await readRowsByIds(psa, '/finance/agreements', Agreement, 'company/id', ids);
  return all.filter(
    ({ company, applicationUnits, agreementStatus, cancelledFlag }) =>
      ids.includes(company?.id ?? '') &&
      applicationUnits === 'Hours' &&
      (agreementStatus ?? 'Active') === 'Active' &&
      cancelledFlag !== true,
  );
}

/** Counted in the agreement's own units. */
const Recap = z.object({ remainingAmount: DecimalText.nullish() });
const RecapRow = z.object({ id: z.string(), remainingAmount: DecimalText });

export async function* readBlocks(
  psa: Psa,
  clientIds: readonly SourceId[],
): AsyncGenerator<BlockPage> {
  for (const { id, name, company, ...agreement } of await activeInHours(psa, clientIds)) {
    if (agreement.applicationUnlimitedFlag === true) continue;
    const recap = { id, ...(await psa.get(`/finance/agreementrecap/${id}`, Recap)) };
    yield parseRows([recap], RecapRow, ({ remainingAmount }): VendorBlock => {
      const remainingSeconds = secondsOf(remainingAmount, 'hours');
      return { sourceId: id, clientId: company?.id ?? '', name, remainingSeconds };
    });
  }
}

/** One warning per agreement in hours. */
export async function warnOfAgreements(psa: Psa, clientIds: readonly SourceId[]) {
  const found = (await activeInHours(psa, clientIds)).map(({ id, name, company }) => {
    const who = company?.name ?? `Company ${company?.id}`;
    return { id, what: `${who} has an active agreement in hours, "${name}"` };
  });
  const fix = 'Enter its remaining hours as an opening block and end it, or leave the client out.';
  return nativeContracts(found, fix);
}
