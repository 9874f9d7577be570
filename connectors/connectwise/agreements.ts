/** ConnectWise's own agreements, and among them the one to top up. */
import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { companyNumbers, isOneOf, splitIds } from './conditions.ts';
import { readAll } from './look-up.ts';

export const Agreement = z.object({
  id: Id,
  name: z.string(),
  company: z.object({ id: Id, name: z.string().nullish() }).nullish(),
  applicationUnits: z.string().nullish(),
  applicationUnlimitedFlag: z.boolean().nullish(),
  agreementStatus: z.string().nullish(),
  cancelledFlag: z.boolean().nullish(),
});
export type Agreement = z.infer<typeof Agreement>;

const agreementFields =
  'id,name,company,applicationUnits,applicationUnlimitedFlag,agreementStatus,cancelledFlag';

/** All agreements of the companies, those that have ended too. */
export async function agreementsOf(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<Agreement[]> {
  const ids = companyNumbers(clientIds);
  const path = '/finance/agreements';
  const found: Agreement[] = [];
  for (const chunk of splitIds(ids, 400)) {
    const list = { path, fields: agreementFields, conditions: isOneOf('company/id', chunk) };
    found.push(...(await readAll(api, list, Agreement, signal)));
  }
  return found.filter((agreement) => ids.includes(agreement.company?.id ?? ''));
}

export async function activeAgreements(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<Agreement[]> {
  const all = await agreementsOf(api, clientIds, signal);
  return all.filter(
    ({ agreementStatus, cancelledFlag }) =>
      (agreementStatus ?? 'Active') === 'Active' && cancelledFlag !== true,
  );
}

/** The client's one active agreement that the config's name or pattern fits, counted in hours. */
export async function topUpAgreement(
  api: Api,
  clientId: string,
  signal: AbortSignal,
): Promise<Agreement> {
  const pattern = api.config.billing.agreement ?? '';
  const isWanted = (name: string) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  const active = await activeAgreements(api, [clientId], signal);
  const wanted = active.filter((agreement) => isWanted(agreement.name));
  const [agreement, another] = wanted;
  if (agreement === undefined || another !== undefined) {
    const count = wanted.length === 0 ? 'no active agreement' : 'more than one active agreement';
    throw new KindError('config', `Company ${clientId} has ${count} called "${pattern}".`, {
      fix: 'Give the client exactly one, or set billing.agreement to a name that fits one only.',
    });
  }
  if (agreement.applicationUnits === 'Hours') return agreement;
  throw new KindError(
    'config',
    `The agreement "${agreement.name}" of company ${clientId} counts ${agreement.applicationUnits}, not hours.`,
    { fix: 'Set its application units to Hours, or name another agreement.' },
  );
}
