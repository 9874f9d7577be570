import { suggestion } from '../../config/nearest.ts';
import { isListed } from '../../domain/charges/coverage.ts';
import type { App } from '../app/app.ts';
import { type CheckLine, toWarning } from './check-line.ts';

/**
 * Vendors do not list the sources of tickets, so those of the mirrored ones are compared: a warning
 * only, since one that is meant may not have come up yet.
 */
export async function checkSources({
  store,
  clients,
}: Pick<App, 'store' | 'clients'>): Promise<CheckLine[]> {
  const wanted = new Map(
    clients.flatMap(({ agreement: { name, proactive } }) =>
      (proactive?.ticketSources ?? []).map((source) => [source, name]),
    ),
  );
  if (wanted.size === 0) return [];
  const counts = await store.countTicketSources('');
  const known = [...new Set(counts.flatMap(({ source }) => source ?? []))].sort();
  return [...wanted].flatMap(([source, agreement]): CheckLine[] => {
    if (counts.length === 0 || isListed(source, known)) return [];
    const fix =
      known.length === 0
        ? 'The PSA reports no sources: use workTypes, ticketTypes or boards instead.'
        : `In the config, ${suggestion(source, known, 'sources')}`;
    const detail = `No ticket has come from the source "${source}", used in agreement "${agreement}".`;
    return [toWarning('name.ticketSources', detail, fix)];
  });
}
