/** Looks at each charge at the payment provider when it is new. */
import type { ProviderCharge } from './provider.ts';
import { eventOf, notesOn } from './recharge-notes.ts';
import type { Recharges } from './recharges.ts';
import type { SeenRecharge } from './seen-recharge.ts';
import { dayMs, type RechargePlan } from './terms.ts';
import { Violation } from './violation.ts';

export class Charges {
  readonly #seen = new Set<string>();

  look(recharges: Recharges, plan: RechargePlan): void {
    for (const charge of recharges.provider?.charges ?? []) {
      if (this.#seen.has(charge.id)) continue;
      this.#seen.add(charge.id);
      const invoice = recharges.state.invoices.find(({ id }) => id === charge.invoice);
      const recharge = recharges.all.get(invoice?.key ?? '');
      if (recharge === undefined || charge.amountMinor !== invoice?.totalMinor) {
        const detail = `${charge.id} takes ${charge.amountMinor} for invoice ${charge.invoice}`;
        throw new Violation('charged once', detail);
      }
      checkAlone(recharges, recharge, charge);
      checkNoticed(recharges, recharge, charge, plan);
    }
  }
}

/** An invoice is charged again only if all charges before were declined, and never on hold. */
function checkAlone(recharges: Recharges, recharge: SeenRecharge, charge: ProviderCharge): void {
  const { charges } = recharges.attemptsOf(recharge);
  const other = charges.find(({ id, status }) => id !== charge.id && status !== 'failed');
  if (other !== undefined) {
    const detail = `${charge.id} takes what ${other.id} (${other.status}) takes already`;
    throw new Violation('charged once', detail);
  }
  if (!recharges.isHeld(recharge.clientId)) return;
  throw new Violation('no sale on hold', `${charge.id} charges ${recharge.clientId}, on hold`);
}

/** The client knew of it, so many days before. */
function checkNoticed(
  recharges: Recharges,
  recharge: SeenRecharge,
  charge: ProviderCharge,
  { noticeDays }: RechargePlan,
): void {
  const isRepeated = recharges.attemptsOf(recharge).charges[0]?.id !== charge.id;
  const notice = notesOn(recharges.state, recharge.ticketKey).findLast((note) => {
    return eventOf(note) === (isRepeated ? 'retry' : 'announced');
  });
  const days = notice === undefined ? -1 : dayOf(charge.createdMs) - dayOf(notice.atMs);
  if (days >= noticeDays) return;
  throw new Violation('notice first', `${charge.id} is made ${days} days after its notice`);
}

function dayOf(ms: number): number {
  return Math.floor(ms / dayMs);
}
