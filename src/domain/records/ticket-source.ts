import type { SourceId } from './rows.ts';
import { unlistedName } from './unlisted-names.ts';

/** Our word for a ticket that was made from an alert. */
const monitoringSource = 'monitoring';

/** Where a ticket came from: our word if the ID of an alert proves it, else as the vendor calls it. */
export function sourceOf(
  alertIds: readonly (SourceId | null | undefined)[],
  source: { id?: SourceId | null | undefined; name?: string | null | undefined } | null | undefined,
): string | null {
  if (alertIds.some((id) => id && id !== '0')) return monitoringSource;
  return source?.name || (source?.id == null ? null : unlistedName(source.id));
}
