/**
 * ConnectWise's own agreements, which debit hours by themselves: their balances, and the route
 * `agreement` of a sale, an addition for the money and then an adjustment for the hours.
 */
import { z } from 'zod';
import type {
  BlockPage,
  CheckResult,
  Delivered,
  SourceId,
  VendorBlock,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { secondsOf } from '../http/answers/exact.ts';
import { parseRows } from '../http/answers/rows.ts';
import { DecimalText, Id } from '../http/answers/wire.ts';
import { okResult } from '../kit/checking/checks.ts';
import { findRow } from '../kit/reading/lists.ts';
import { onlyOne } from '../kit/reading/names.ts';
import { hasMarker, withMarker } from '../kit/writing/marker.ts';
import { type Sale, saleHours, saleLine } from '../kit/writing/sales.ts';
import type { Psa } from './call.ts';
import { companyNumbers } from './conditions.ts';
import { facts } from './facts.ts';
import { findProduct, readRowsByIds, refuseOtherBilling } from './lists.ts';
import type { Route } from './sales.ts';
import { Decimal, Flag, fieldsOf, Reference, Text } from './schema.ts';

const Agreement = z.object({
  id: Id,
  name: z.string(),
  company: Reference,
  applicationUnits: Text,
  applicationUnlimitedFlag: Flag,
  agreementStatus: Text,
  cancelledFlag: Flag,
});
type Agreement = z.infer<typeof Agreement>;

/** All agreements of the companies, including ended ones. */
async function readAgreements(psa: Psa, clientIds: readonly SourceId[]): Promise<Agreement[]> {
  const ids = companyNumbers(clientIds);
  const all = await readRowsByIds(psa, '/finance/agreements', Agreement, 'company/id', ids);
  return all.filter(({ company }) => ids.includes(company?.id ?? ''));
}

async function activeAgreements(psa: Psa, clientIds: readonly SourceId[]): Promise<Agreement[]> {
  return (await readAgreements(psa, clientIds)).filter(
    ({ agreementStatus, cancelledFlag }) =>
      (agreementStatus ?? 'Active') === 'Active' && cancelledFlag !== true,
  );
}

async function activeInHours(psa: Psa, clientIds: readonly SourceId[]): Promise<Agreement[]> {
  const active = await activeAgreements(psa, clientIds);
  return active.filter(({ applicationUnits }) => applicationUnits === 'Hours');
}

/** Counted in the agreement's own units. */
const Recap = z.object({ adjustmentAmount: Decimal, remainingAmount: Decimal });

export function readRecap(psa: Psa, agreementId: SourceId): Promise<z.infer<typeof Recap>> {
  return psa.get(`/finance/agreementrecap/${agreementId}`, Recap);
}

const RecapRow = z.object({ id: z.string(), remainingAmount: DecimalText });

/** The balance of each; none if the recap is verified not to be in hours. */
export async function* readBlocks(
  psa: Psa,
  clientIds: readonly SourceId[],
): AsyncGenerator<BlockPage> {
  if ((await facts.readFact(psa.context, 'recap-hours')) === 'no') return;
  for (const { id, name, company, ...agreement } of await activeInHours(psa, clientIds)) {
    if (agreement.applicationUnlimitedFlag === true) continue;
    const recap = { id, ...(await readRecap(psa, id)) };
    yield parseRows([recap], RecapRow, ({ remainingAmount }): VendorBlock => {
      const remainingSeconds = secondsOf(remainingAmount, 'hours');
      return { sourceId: id, clientId: company?.id ?? '', name, remainingSeconds };
    });
  }
}

/** One warning per agreement in hours, and whether its balance can be compared with ours. */
export async function warnOfAgreements(
  psa: Psa,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const counted = await activeInHours(psa, clientIds);
  if (counted.length === 0) {
    const detail = 'No configured client has an active agreement in hours.';
    return [okResult('native-agreements', detail)];
  }
  const warnings = counted.map(({ id, name, company }): CheckResult => {
    const who = company?.name ?? `Company ${company?.id}`;
    return {
      id: `native-agreement.${id}`,
      status: 'warning',
      detail: `${who} has an active agreement in hours, "${name}": two systems would debit the same hour.`,
      fix: 'Enter its remaining hours as an opening block and end it, or leave the client out.',
    };
  });
  // With that route the probe verifies it, and check lists it with those facts.
  if (psa.config.billing.invoiceRoute === 'agreement') return warnings;
  const fix = 'Compare what `reconcile` shows for one such agreement with its page in ConnectWise.';
  return [...warnings, { ...(await facts.factResult(psa.context, 'recap-hours')), fix }];
}

/** The client's only active agreement in hours that matches the configured name or pattern. */
export async function topUpAgreement(psa: Psa, clientId: SourceId): Promise<Agreement> {
  const pattern = psa.config.billing.agreement ?? '';
  const isWanted = ({ name }: Agreement): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  const agreement = onlyOne(
    (await activeAgreements(psa, [clientId])).filter(isWanted),
    `Company ${clientId}`,
    `active agreement called "${pattern}"`,
    'Give the client exactly one, or set billing.agreement to a name that matches only one.',
  );
  if (agreement.applicationUnits === 'Hours') return agreement;
  throw new KindError(
    'config',
    `The agreement "${agreement.name}" of company ${clientId} counts ${agreement.applicationUnits}, not hours.`,
    { fix: 'Set its application units to Hours, or use another agreement.' },
  );
}

export const agreementRoute: Route = {
  fact: 'adjustment-hours',
  async find(psa, sale) {
    const { addition, topUp } = await findHalves(psa, sale);
    return addition === null ? null : topUp;
  },
  async create(psa, sale) {
    const agreement = await topUpAgreement(psa, sale.clientId);
    await refuseOtherBilling(psa, sale);
    refuseMoney(sale);
    const amount = saleHours(sale);
    const { addition, topUp } = await findHalves(psa, sale);
    if (addition === null) await createAddition(psa, agreement, sale);
    return topUp ?? createAdjustment(psa, agreement, sale, amount);
  },
  async inspect(psa, sale) {
    const { addition, topUp } = await findHalves(psa, sale);
    if (addition === null || topUp === null) return null;
    const { cancelledDate, extPrice } = addition;
    return {
      isVoid: cancelledDate != null,
      ...(extPrice == null ? {} : { totalMinor: minorFromText(extPrice, sale.currency) }),
    };
  },
};

const Addition = z.object({
  id: Id,
  invoiceDescription: Text,
  extPrice: Decimal,
  cancelledDate: Text,
});
type Addition = z.infer<typeof Addition>;

const Adjustment = z.object({ id: Id, description: Text });

function additionsOf({ id }: Agreement): string {
  return `/finance/agreements/${id}/additions`;
}

export function adjustmentsOf({ id }: Agreement): string {
  return `/finance/agreements/${id}/adjustments`;
}

/**
 * Existing records of the sale, on any agreement of the client: the one to top up may have been
 * replaced since the first try, and the money must not be billed on both.
 */
async function findHalves(
  psa: Psa,
  { key, clientId }: Sale,
): Promise<{ addition: Addition | null; topUp: Delivered | null }> {
  let addition: Addition | null = null;
  let topUp: Delivered | null = null;
  for (const agreement of await readAgreements(psa, [clientId])) {
    const additions = { path: additionsOf(agreement), ...fieldsOf(Addition) };
    addition ??= await findRow(psa, additions, Addition, ({ invoiceDescription }) =>
      hasMarker(invoiceDescription, key),
    );
    topUp ??= await findTopUp(psa, agreement, key);
    if (addition !== null && topUp !== null) break;
  }
  return { addition, topUp };
}

async function findTopUp(psa: Psa, agreement: Agreement, key: string): Promise<Delivered | null> {
  const list = { path: adjustmentsOf(agreement), ...fieldsOf(Adjustment) };
  const found = await findRow(psa, list, Adjustment, (row) => hasMarker(row.description, key));
  return found === null ? null : { remoteId: found.id, label: agreement.name };
}

const invoiceDescriptionLengthMax = 6000;

async function createAddition(psa: Psa, agreement: Agreement, sale: Sale): Promise<void> {
  const productId = await findProduct(psa, sale);
  await refuseRecurring(psa, productId);
  const { quantity, unitPrice } = saleLine(sale);
  const body = {
    product: { id: Number(productId) },
    quantity,
    unitPrice,
    billCustomer: 'Billable',
    effectiveDate: `${sale.issuedOn}T00:00:00Z`,
    invoiceDescription: withMarker(sale.title, sale.key, invoiceDescriptionLengthMax),
  };
  await psa.write('POST', additionsOf(agreement), body, Addition);
}

const descriptionLengthMax = 1000;

/** `amount` is hours. */
export async function createAdjustment(
  psa: Psa,
  agreement: Agreement,
  { key, title, issuedOn }: Pick<Sale, 'key' | 'title' | 'issuedOn'>,
  amount: number,
): Promise<Delivered> {
  const body = {
    amount,
    description: withMarker(title, key, descriptionLengthMax),
    effectiveDate: `${issuedOn}T00:00:00Z`,
  };
  const { id } = await psa.write('POST', adjustmentsOf(agreement), body, Adjustment);
  return { remoteId: id, label: agreement.name };
}

const CatalogItem = z.object({ id: Id, recurringFlag: Flag, recurringOneTimeFlag: Flag });

/** An addition is billed with every invoice of the agreement, unless its product is a one-time one. */
async function refuseRecurring(psa: Psa, productId: SourceId): Promise<void> {
  const path = `/procurement/catalog/${productId}`;
  const item = await psa.get(path, CatalogItem, fieldsOf(CatalogItem));
  if (item.recurringFlag !== true || item.recurringOneTimeFlag === true) return;
  throw new KindError('config', `Product ${productId} recurs: it would be billed every cycle.`, {
    fix: 'Sell hours with a product that does not recur, or recurs one time.',
  });
}

function refuseMoney({ offer, seconds }: Sale): void {
  if (seconds !== 0) return;
  throw new KindError('config', `The offer "${offer}" is of money, an agreement's hours are not.`, {
    fix: 'Sell blocks of money through a connection with invoiceRoute: invoice or ticket-product.',
  });
}
