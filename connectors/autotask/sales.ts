/**
 * A sale of hours: a charge on the client's contract for the money, and a block for the hours. The API
 * cannot create invoices: the charge becomes one in Approve & Post. A sale counts as found only if both
 * exist, and creating writes what is missing; the block last, since it cannot be deleted.
 */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { textFromMinor } from '../../src/domain/money.ts';
import { minorIn } from '../http/answers/exact.ts';
import { Id } from '../http/answers/wire.ts';
import { requireSettings } from '../kit/call.ts';
import { allRows, findRow } from '../kit/reading/lists.ts';
import { onlyOne } from '../kit/reading/names.ts';
import { shortened } from '../kit/writing/marker.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import {
  refuseOtherCurrency,
  refuseOtherTotal,
  type Sale,
  saleHours,
  saleLine,
} from '../kit/writing/sales.ts';
import { type Autotask, create, getItem, type List, listOf, splitList, where } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { type Contract, findValue, readContracts } from './lists.ts';
import { BlockWire, ChargeWire } from './schema.ts';

const nameLengthMax = 100;
const descriptionLengthMax = 2000;

/** As it is found; a block has no amount. */
type Found = Pick<ChargeWire, 'id' | 'contractID'> & Partial<ChargeWire & BlockWire>;

/** The two records of a sale, on a contract of the client; `path`: below the contract. */
const halves = {
  charge: { path: 'Charges', schema: ChargeWire, keyField: 'internalPurchaseOrderNumber' },
  block: { path: 'Blocks', schema: BlockWire, keyField: 'invoiceNumber' },
} as const;
type Half = keyof typeof halves;

export const saleRecord: KeyedRecord<Autotask, Sale, Found, FactId> = {
  noun: 'charge',
  needs: (api, sale) => (hasBlock(api, sale) ? ['charge-key', 'block-key'] : ['charge-key']),
  async find(api, sale) {
    const charge = await findHalf(api, 'charge', sale);
    if (charge === null || !hasBlock(api, sale)) return charge;
    return (await findHalf(api, 'block', sale)) === null ? null : charge;
  },
  create: createSale,
  delivered: saleDelivered,
  refuseOther: (_, charge, sale) => refuseOtherPrice(charge, sale),
  async inspect(api, _, chargeId) {
    const charge = await getItem(api, 'ContractCharges', chargeId, ChargeWire);
    if (charge === null) return null;
    const totalMinor = minorIn(charge.billableAmount, api.context.currency);
    return { currency: api.context.currency, ...(totalMinor !== null && { totalMinor }) };
  },
  // Blocks and billed charges cannot be deleted: people reverse a sale.
  async withdraw(api, sale, { remoteId }) {
    const left = (await findHalf(api, 'charge', sale)) ?? (await findHalf(api, 'block', sale));
    return left === null ? { remoteId } : null;
  },
  isWithdrawnByHand: true,
};

/** A native block is in hours: a block of money is just a charge. */
function hasBlock(api: Autotask, sale: Sale): boolean {
  return requireBilling(api).nativeBlock && sale.seconds > 0;
}

function requireBilling({ config }: Autotask) {
  const example = '{ contract: NAME, billingCode: NAME }';
  return requireSettings('Autotask', 'billing', config.billing, example);
}

async function createSale(api: Autotask, sale: Sale): Promise<Delivered> {
  // Charges have no currency: they are in that of the database.
  refuseOtherCurrency(sale, api.context.currency);
  // Whatever could fail is checked before the first write.
  const contract = await findSalesContract(api, sale.clientId);
  const block = hasBlock(api, sale) ? await toBlock(api, contract, sale) : null;
  const charge = await toCharge(api, contract, sale);
  const charged = await writeHalf(api, 'charge', sale, charge);
  refuseOtherPrice(charged, sale);
  if (block !== null) await writeHalf(api, 'block', sale, block);
  return saleDelivered(charged);
}

/** On any contract: the one for sales may have been replaced, and the money must not be billed on both. */
async function findHalf(api: Autotask, half: Half, { key, clientId }: Sale): Promise<Found | null> {
  const { path, schema, keyField } = halves[half];
  const ids = (await readContracts(api, [clientId])).map(({ id }) => id);
  const lists = splitList(listOf(`Contract${path}`, schema), 'contractID', ids);
  return findRow<Found, List>(api, lists, schema, (row) => row[keyField] === key);
}

/** Writes it unless it is there, and looks it up by its key. */
export async function writeHalf(
  api: Autotask,
  half: Half,
  sale: Sale,
  body: { contractID: number },
): Promise<Found> {
  const known = await findHalf(api, half, sale);
  if (known !== null) return known;
  const id = await create(api, `Contracts/${body.contractID}/${halves[half].path}`, body);
  const row = await findHalf(api, half, sale);
  await facts.verifyKept(api.context, `${half}-key`, false, async () => row !== null);
  if (row !== null) return row;
  api.context.log.warn(`A new ${half} is not found by its key.`, { [half]: id });
  return { id, contractID: String(body.contractID) };
}

/** The client's only active contract that matches the configured name or pattern. */
export async function findSalesContract(api: Autotask, clientId: SourceId): Promise<Contract> {
  const { contract: pattern, nativeBlock } = requireBilling(api);
  const isNamed = ({ name }: Contract): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  const active = (await readContracts(api, [clientId])).filter(({ isActive }) => isActive);
  const contract = onlyOne(
    active.filter(isNamed),
    `Company ${clientId}`,
    `active contract called "${pattern}"`,
    'Give the client exactly one, or set billing.contract to a name that matches only one.',
  );
  if (!nativeBlock || /block/i.test(contract.type)) return contract;
  const message = `The contract "${contract.name}" of company ${clientId} is of type ${contract.type}, not block hours.`;
  const fix = 'Use a block-hour contract, or set billing.nativeBlock: false.';
  throw new KindError('config', message, { fix });
}

const BillingCode = z.object({ id: Id, name: z.string(), isActive: z.boolean().nullish() });

export async function listProducts(api: Autotask, filter = where.everything) {
  const codes = await allRows(api, listOf('BillingCodes', BillingCode, filter), BillingCode);
  return codes.filter(({ isActive }) => isActive !== false);
}

/** The billing code from the offer's product, else from the config. */
export async function findBillingCode(api: Autotask, product: string | null): Promise<SourceId> {
  const wanted = product ?? requireBilling(api).billingCode;
  const name = requireSettings('Autotask', 'billing.billingCode', wanted, 'NAME');
  const codes = await listProducts(api, where.equals('name', name));
  return onlyOne(
    codes.filter((code) => code.name === name),
    'Autotask',
    `active billing code called "${name}"`,
    'Write the name as Autotask shows it, and make the billing code’s name unique.',
  ).id;
}

/** A charge as it is written. */
export async function toCharge(api: Autotask, contract: Contract, sale: Sale) {
  const { chargeType } = requireBilling(api);
  const { quantity: unitQuantity, unitPrice } = saleLine(sale);
  return {
    contractID: Number(contract.id),
    name: shortened(sale.title, nameLengthMax),
    description: shortened(sale.body, descriptionLengthMax),
    chargeType: await findValue(api, 'charge types', chargeType),
    billingCodeID: Number(await findBillingCode(api, sale.product)),
    datePurchased: `${sale.issuedOn}T00:00:00Z`,
    unitQuantity,
    unitPrice,
    isBillableToCompany: true,
    internalPurchaseOrderNumber: sale.key,
  };
}

/** A block as it is written. */
async function toBlock(api: Autotask, contract: Contract, sale: Sale) {
  if (contract.endsOn < sale.issuedOn) {
    throw new KindError('config', `The contract "${contract.name}" ends on ${contract.endsOn}.`, {
      fix: 'Extend it in Autotask: a block must lie within its contract.',
    });
  }
  const statuses = await api.names.list(api, 'block statuses');
  const active = statuses.find(({ name }) => name === 'Active');
  const startDate = `${sale.issuedOn}T00:00:00Z`;
  return {
    contractID: Number(contract.id),
    datePurchased: startDate,
    startDate,
    // Our ledger decides when hours expire; in Autotask they last as long as the contract.
    endDate: `${contract.endsOn}T00:00:00Z`,
    hours: saleHours(sale),
    hourlyRate: Number(textFromMinor(sale.rateMinor, sale.currency)),
    invoiceNumber: sale.key,
    isPaid: false,
    ...(active && { status: Number(active.id) }),
  };
}

/** Throws for a charge whose total differs from the sale. */
function refuseOtherPrice(charge: Found, sale: Sale): void {
  refuseOtherTotal(sale, `Charge ${charge.id}`, minorIn(charge.billableAmount, sale.currency));
}

function saleDelivered({ id, contractID }: Found): Delivered {
  return { remoteId: id, label: `charge ${id} on contract ${contractID}` };
}
