/** What the MSP is told of invoices, counted. */
import type { MessageRow } from './books.ts';
import type { Recharges } from './recharges.ts';
import { Violation } from './violation.ts';

const patterns = {
  closed: /voided or credited|no longer exists/,
  returned: /is no longer paid/,
  overdue: /is still unpaid after/,
  declined: /charge for invoice .* declined/,
  charged: /collected for invoice .*, please book it/,
  late: /was paid although its order was closed/,
};

type AlertedEvent = keyof typeof patterns;

export class OrderAlerts {
  /** By our id of the client. */
  readonly #counts = new Map<string, Record<AlertedEvent, number>>();

  countsOf(clientId: string): Record<AlertedEvent, number> {
    const none = { closed: 0, returned: 0, overdue: 0, declined: 0, charged: 0, late: 0 };
    return this.#counts.get(clientId) ?? none;
  }

  /** Each invoice that is void, or came back, is told of once at most. */
  add({ clientId, payload }: MessageRow, recharges: Recharges): void {
    const { clientId: sourceId = '', subject = '' } = JSON.parse(payload) as Record<string, string>;
    const events = Object.keys(patterns) as AlertedEvent[];
    const event = events.find((one) => patterns[one].test(subject));
    if (event === undefined) throw new Violation('told once', `an alert is new: ${subject}`);
    const counts = this.countsOf(clientId);
    counts[event] += 1;
    this.#counts.set(clientId, counts);
    const own = recharges.state.invoices.filter(({ client }) => client === sourceId);
    const voided = own.filter(({ isVoid }) => isVoid).length;
    if (counts.closed + counts.returned <= voided + recharges.timesUnpaidOf(sourceId)) return;
    throw new Violation('told once', `${voided} void invoices of ${clientId}: ${subject}`);
  }
}
