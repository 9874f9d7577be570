import { formatIn } from '../../domain/format.ts';
import { compareAgreements, describeChanges } from '../agreements/compare.ts';
import type { App } from '../app/app.ts';
import { type CheckLine, toWarning } from './check-line.ts';

/** What the config says otherwise than the agreements that clients accepted. */
export async function checkAgreements({ config, store, clients }: App): Promise<CheckLine[]> {
  const format = formatIn(config);
  const compared = await compareAgreements(store, { config, clients }, format);
  return compared.flatMap(({ client, accepted, changes }): CheckLine[] => {
    if (accepted === null || changes.length === 0) return [];
    const { version, acceptedOn } = accepted;
    const what = `"${client}" accepted version ${version} of its agreement on ${format.day(acceptedOn)}`;
    const detail = `${what}, which says otherwise: ${describeChanges(changes)}.`;
    const fix = `Agree on it again: \`prepaid-hours agreement "${client}" --out FILE\`; once it is signed, add --accepted DAY --evidence REF. Or correct the config.`;
    return [toWarning('agreement', detail, fix)];
  });
}
