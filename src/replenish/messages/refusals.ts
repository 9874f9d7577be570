import type { RechargeTerms } from '../../domain/agreements/terms.ts';
import { type Format, languageOf } from '../../domain/format.ts';
import { saleKeysIn } from '../../domain/keys.ts';
import type { Refusal, Sale } from '../sale.ts';

/** Why nothing, or not enough, was sold. */
export function refusalPhrase(refusal: Refusal, format: Format): string {
  const words = refusals[languageOf(format.locale)];
  if (refusal.why === 'order-open') {
    // The key of one of ours comes first: push replaces it by the number, which may not be known yet.
    return words.orderOpen(saleKeysIn(refusal.invoiceKey ?? '').concat(refusal.invoice ?? []));
  }
  if (refusal.why === 'on-hold') return words.onHold;
  if (refusal.why === 'offer-limited') {
    const { name, workTypes } = refusal.offer;
    return words.offerLimited(name, (workTypes ?? []).join(', '));
  }
  if (refusal.why === 'too-many') {
    const { name, maxPerSale } = refusal.offer;
    return words.tooMany(refusal.wanted, name, maxPerSale);
  }
  if (refusal.why === 'recharge-limit') {
    const { excess, offer } = refusal;
    const max = format.money(excess.maxMinor, offer.currency);
    return words.rechargeLimit(words.limits[excess.limit](max));
  }
  return words[refusal.why](format.date(refusal.on));
}

/** How the recharges among these sales are collected, and what a user must do. */
export function rechargePhrases(
  sales: readonly Sale[],
  terms: RechargeTerms | null,
  { keyToApprove, format }: { keyToApprove: string | null; format: Format },
): string[] {
  const words = refusals[languageOf(format.locale)].recharge;
  return sales.flatMap(({ isRecharge, totalMinor, offer }) => {
    if (!isRecharge || terms === null) return [];
    const { collect, autopayUpToMinor } = terms;
    const isLarge = autopayUpToMinor !== null && totalMinor > autopayUpToMinor;
    const by = collect === 'psa' ? words.psa : words.provider(collect);
    return [
      isLarge ? words.aboveAutopay(format.money(autopayUpToMinor, offer.currency)) : by,
      ...(keyToApprove === null ? [] : [words.approve(keyToApprove)]),
    ];
  });
}

const refusals = {
  en: {
    orderOpen: ([invoice]: readonly string[]) =>
      invoice === undefined
        ? 'No new sale: an earlier order is still open.'
        : `No new sale: an earlier order is still open (invoice ${invoice}).`,
    onHold:
      'No sale: automatic sales to this client are on hold (to resume: prepaid-hours block resume).',
    'agreement-ended': (on: string) => `No sale: the agreement ended on ${on}.`,
    'agreement-later': (on: string) => `No sale: the agreement does not start until ${on}.`,
    'agreement-ends-first': (on: string) =>
      `No sale: the agreement ends on ${on}, before these hours could be used up.`,
    offerLimited: (offer: string, workTypes: string) =>
      `No sale: the offer "${offer}" pays for ${workTypes} only.`,
    tooMany: (wanted: number, offer: string, most: number) =>
      `${wanted} × "${offer}" would be needed, but a sale is limited to ${most}: agree on the rest with the client.`,
    rechargeLimit: (limit: string) =>
      `Nothing is recharged: it would exceed ${limit}. Sell the block without a recharge, or raise the limit.`,
    limits: {
      charge: (max: string) => `the limit of ${max} per recharge`,
      day: (max: string) => `this client’s limit of ${max} per day`,
      month: (max: string) => `this client’s limit of ${max} per month`,
      'all-day': (max: string) => `the limit of ${max} per day for all clients`,
      'all-month': (max: string) => `the limit of ${max} per month for all clients`,
    },
    recharge: {
      psa: 'It is collected by the system that collects your PSA’s invoices.',
      provider: (connection: string) => `It is charged through "${connection}".`,
      aboveAutopay: (max: string) =>
        `The price is above ${max}, so it is not collected automatically: ask the client to pay the invoice.`,
      approve: (key: string) =>
        `It waits for your approval (the client’s first recharge, or an unusually large one): prepaid-hours outbox approve ${key}`,
    },
  },
  fr: {
    orderOpen: ([invoice]: readonly string[]) =>
      invoice === undefined
        ? 'Pas de nouvelle vente : une commande est déjà en cours.'
        : `Pas de nouvelle vente : une commande est déjà en cours (facture ${invoice}).`,
    onHold:
      'Pas de vente : les ventes automatiques à ce client sont suspendues (pour les reprendre : prepaid-hours block resume).',
    'agreement-ended': (on: string) => `Pas de vente : le contrat a pris fin le ${on}.`,
    'agreement-later': (on: string) => `Pas de vente : le contrat ne commence que le ${on}.`,
    'agreement-ends-first': (on: string) =>
      `Pas de vente : le contrat prend fin le ${on}, avant que ces heures puissent être utilisées.`,
    offerLimited: (offer: string, workTypes: string) =>
      `Pas de vente : l’offre « ${offer} » ne couvre que ${workTypes}.`,
    tooMany: (wanted: number, offer: string, most: number) =>
      `Il faudrait ${wanted} × « ${offer} », or une vente en compte ${most} au plus : convenez du reste avec le client.`,
    rechargeLimit: (limit: string) =>
      `Pas de prélèvement : il dépasserait ${limit}. Vendez le forfait sans prélèvement, ou relevez le plafond.`,
    limits: {
      charge: (max: string) => `le plafond de ${max} par prélèvement`,
      day: (max: string) => `le plafond de ${max} par jour pour ce client`,
      month: (max: string) => `le plafond de ${max} par mois pour ce client`,
      'all-day': (max: string) => `le plafond de ${max} par jour, tous clients confondus`,
      'all-month': (max: string) => `le plafond de ${max} par mois, tous clients confondus`,
    },
    recharge: {
      psa: 'Le montant est encaissé par le système qui encaisse les factures de votre PSA.',
      provider: (connection: string) => `Le montant est prélevé par « ${connection} ».`,
      aboveAutopay: (max: string) =>
        `Le prix dépasse ${max} : il n’est pas encaissé automatiquement. Demandez au client de régler la facture.`,
      approve: (key: string) =>
        `En attente de votre accord (premier prélèvement de ce client, ou montant inhabituel) : prepaid-hours outbox approve ${key}`,
    },
  },
};
