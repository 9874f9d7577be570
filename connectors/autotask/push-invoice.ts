/**
 * A sale of hours: a charge for the money on the client's contract, and a block for the hours. Invoices
 * cannot be made through the API: the charge becomes one in Approve & Post. A sale is found only when
 * both stand, and creating writes what is missing; the block last, since it cannot be deleted.
 */
import { z } from 'zod';
import type { Delivered, Push, PushMessages } from '../../src/contract/connector.ts';
import { secondsFromDecimalText } from '../../src/domain/duration.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText, textFromMinor } from '../../src/domain/money.ts';
import { Id } from '../http/wire.ts';
import { shortened } from '../kit/marker.ts';
import { billingOf, type Contract, contractsOf, salesContract } from './contracts.ts';
import { refuseIfFalse, verifyKept } from './facts.ts';
import { findInList, readAll } from './look-up.ts';
import { equals, inChunks, isOneOf } from './query.ts';
import type { Rooms } from './rooms.ts';
import { BlockWire, blockFields, ChargeWire, chargeFields } from './schema.ts';

export type Sale = PushMessages['invoice'];

const nameLengthMax = 100;
const descriptionLengthMax = 2000;

export function createInvoicePush(rooms: Rooms): Push<'invoice'> {
  return {
    find: (sale, signal) => find(rooms, sale, signal),
    create: (sale, signal) => complete(rooms, sale, signal),
    async inspect(_, chargeId, signal) {
      const charge = await rooms.api.item('ContractCharges', chargeId, ChargeWire, signal);
      if (charge === null) return null;
      const { billableAmount } = charge;
      const currency = rooms.api.context.currency;
      if (billableAmount == null) return { currency };
      return { currency, totalMinor: minorFromText(billableAmount, currency) };
    },
    // A block cannot be deleted, and a charge not once it is billed: people take a sale back.
    async withdraw(sale, { remoteId }, signal) {
      const { charge, block } = await findHalves(rooms, sale, signal);
      return charge === null && block === null ? { remoteId } : null;
    },
  };
}

async function find(rooms: Rooms, sale: Sale, signal: AbortSignal): Promise<Delivered | null> {
  const { charge, block } = await findHalves(rooms, sale, signal);
  if (charge === null) return null;
  if (hasNativeBlock(rooms, sale) && block === null) return null;
  refuseOtherPrice(charge, sale);
  return toDelivered(charge);
}

/** A native block counts hours: a block of money is a charge alone. */
function hasNativeBlock({ api }: Rooms, sale: Sale): boolean {
  return billingOf(api.config).nativeBlock && sale.seconds > 0;
}

async function complete(rooms: Rooms, sale: Sale, signal: AbortSignal): Promise<Delivered> {
  const nativeBlock = hasNativeBlock(rooms, sale);
  await refuseIfFalse(
    rooms.api.context,
    'charge-key',
    ...(nativeBlock ? (['block-key'] as const) : []),
  );
  refuseOtherCurrency(rooms, sale);
  // What could fail is asked before the first half is written.
  const contract = await salesContract(rooms, sale.clientId, signal);
  const newBlock = nativeBlock ? await toBlock(rooms, contract, sale, signal) : null;
  const newCharge = await toCharge(rooms, contract, sale, signal);
  const halves = await findHalves(rooms, sale, signal);
  const charge = halves.charge ?? (await createCharge(rooms, contract.id, newCharge, signal));
  refuseOtherPrice(charge, sale);
  if (newBlock !== null && halves.block === null) {
    await createBlock(rooms, contract.id, newBlock, signal);
  }
  return toDelivered(charge);
}

/**
 * What stands of the sale, on whichever contract of the client: the one that sales go to may have been
 * replaced since the first try, and the money must not be billed on both.
 */
async function findHalves(rooms: Rooms, sale: Sale, signal: AbortSignal) {
  const { api } = rooms;
  const contracts = await contractsOf(rooms, [sale.clientId], signal);
  let charge: ChargeWire | null = null;
  let block: BlockWire | null = null;
  for (const chunk of inChunks(contracts.map(({ id }) => id))) {
    const filter = [isOneOf('contractID', chunk)];
    const charges = { entity: 'ContractCharges', filter, fields: chargeFields };
    const isCharge = (wire: ChargeWire) => wire.internalPurchaseOrderNumber === sale.key;
    charge ??= await findInList(api, charges, ChargeWire, isCharge, signal);
    const blocks = { entity: 'ContractBlocks', filter, fields: blockFields };
    const isBlock = (wire: BlockWire) => wire.invoiceNumber === sale.key;
    block ??= await findInList(api, blocks, BlockWire, isBlock, signal);
  }
  return { charge, block };
}

export interface NewCharge {
  internalPurchaseOrderNumber: string;
  [field: string]: unknown;
}

export async function toCharge(
  rooms: Rooms,
  contract: Contract,
  sale: Sale,
  signal: AbortSignal,
): Promise<NewCharge> {
  const { chargeType } = billingOf(rooms.api.config);
  return {
    contractID: Number(contract.id),
    name: shortened(sale.title, nameLengthMax),
    description: shortened(sale.body, descriptionLengthMax),
    chargeType: await rooms.directory.valueOf('ContractCharges', 'chargeType', chargeType, signal),
    billingCodeID: Number(await billingCodeOf(rooms, sale, signal)),
    datePurchased: `${sale.issuedOn}T00:00:00Z`,
    ...priceOf(sale),
    isBillableToCompany: true,
    internalPurchaseOrderNumber: sale.key,
  };
}

/** Writes the charge and reads back what became of it. */
export async function createCharge(
  { api }: Rooms,
  contractId: string,
  charge: NewCharge,
  signal: AbortSignal,
): Promise<ChargeWire> {
  const id = await api.create(`Contracts/${contractId}/Charges`, charge, signal);
  const made = await api.item('ContractCharges', id, ChargeWire, signal);
  const key = charge.internalPurchaseOrderNumber;
  const isKept = made === null ? null : made.internalPurchaseOrderNumber === key;
  const filter = [equals('contractID', Number(contractId))];
  const list = { entity: 'ContractCharges', filter, fields: chargeFields };
  const isOurs = (wire: ChargeWire) => wire.internalPurchaseOrderNumber === key;
  await verifyKept(
    api.context,
    'charge-key',
    isKept,
    async () => (await findInList(api, list, ChargeWire, isOurs, signal)) !== null,
  );
  if (isKept === false) api.context.log.warn('A new charge did not keep its key.', { charge: id });
  return made ?? { id, contractID: contractId };
}

async function toBlock(rooms: Rooms, contract: Contract, sale: Sale, signal: AbortSignal) {
  if (contract.endsOn < sale.issuedOn) {
    throw new KindError('config', `The contract "${contract.name}" ends on ${contract.endsOn}.`, {
      fix: 'Prolong it in Autotask: a block lies within its contract.',
    });
  }
  const status = (await rooms.directory.fields('ContractBlocks', signal))
    .find(({ name }) => name === 'status')
    ?.picklistValues?.find(({ label }) => label === 'Active');
  return {
    contractID: Number(contract.id),
    datePurchased: `${sale.issuedOn}T00:00:00Z`,
    startDate: `${sale.issuedOn}T00:00:00Z`,
    // When the hours expire is our ledger's to say; over there they last as long as the contract.
    endDate: `${contract.endsOn}T00:00:00Z`,
    hours: hoursOf(sale),
    hourlyRate: Number(textFromMinor(sale.rateMinor, sale.currency)),
    invoiceNumber: sale.key,
    isPaid: false,
    ...(status === undefined ? {} : { status: Number(status.value) }),
  };
}

async function createBlock(
  { api }: Rooms,
  contractId: string,
  block: { invoiceNumber: string },
  signal: AbortSignal,
): Promise<void> {
  const id = await api.create(`Contracts/${contractId}/Blocks`, block, signal);
  const made = await api.item('ContractBlocks', id, BlockWire, signal);
  const isKept = made === null ? null : made.invoiceNumber === block.invoiceNumber;
  const filter = [equals('contractID', Number(contractId))];
  const list = { entity: 'ContractBlocks', filter, fields: blockFields };
  const isOurs = (wire: BlockWire) => wire.invoiceNumber === block.invoiceNumber;
  await verifyKept(
    api.context,
    'block-key',
    isKept,
    async () => (await findInList(api, list, BlockWire, isOurs, signal)) !== null,
  );
  if (isKept === false) api.context.log.warn('A new block did not keep its key.', { block: id });
}

const BillingCode = z.object({ id: Id, name: z.string(), isActive: z.boolean().nullish() });

/** The billing code that the offer names as its product, else the config. */
export async function billingCodeOf(
  { api }: Rooms,
  sale: Pick<Sale, 'product' | 'offer'>,
  signal: AbortSignal,
): Promise<string> {
  const name = sale.product ?? billingOf(api.config).billingCode;
  if (name === undefined) {
    throw new KindError('config', `The offer "${sale.offer}" names no billing code to sell by.`, {
      fix: 'Name one as the offer’s product, or as billing.billingCode of the connection.',
    });
  }
  const query = {
    entity: 'BillingCodes',
    filter: [equals('name', name)],
    fields: ['id', 'name', 'isActive'],
  };
  const codes = (await readAll(api, query, BillingCode, signal)).filter(
    (code) => code.name === name && code.isActive !== false,
  );
  const [code, another] = codes;
  if (code !== undefined && another === undefined) return code.id;
  const count = code === undefined ? 'no active billing code' : 'more than one billing code';
  throw new KindError('config', `Autotask has ${count} called "${name}".`, {
    fix: 'Write the name as Autotask shows it, and give the billing code a name of its own.',
  });
}

/** Quantity and unit price that make exactly the total. */
function priceOf(sale: Sale): { unitQuantity: number; unitPrice: number } {
  const isEven = sale.quantity > 0 && sale.totalMinor % sale.quantity === 0;
  const unitQuantity = isEven ? sale.quantity : 1;
  const unitPrice = Number(textFromMinor(sale.totalMinor / unitQuantity, sale.currency));
  return { unitQuantity, unitPrice };
}

/** Charges carry no currency: they are in that of the database. */
function refuseOtherCurrency({ api }: Rooms, sale: Sale): void {
  const { currency } = api.context;
  if (currency === sale.currency) return;
  throw new KindError(
    'config',
    `The offer "${sale.offer}" is in ${sale.currency}, but charges in Autotask are in ${currency}.`,
    { fix: 'Sell through this connection in its own currency.' },
  );
}

/** Throws when the charge that stands is not worth what was sold. */
function refuseOtherPrice(charge: ChargeWire, sale: Sale): void {
  const text = charge.billableAmount ?? null;
  if (text === null || minorFromText(text, sale.currency) === sale.totalMinor) return;
  const wanted = textFromMinor(sale.totalMinor, sale.currency);
  throw new KindError('rejected', `Charge ${charge.id} comes to ${text} instead of ${wanted}.`, {
    fix: 'Correct it in Autotask, then retry.',
  });
}

/** Hundredths of an hour at the finest. */
function hoursOf(sale: Sale): number {
  const hours = sale.seconds / 3600;
  if (secondsFromDecimalText(hours.toFixed(2), 'hours') === sale.seconds) return hours;
  throw new KindError('config', `${sale.seconds} s cannot be written as hours with two decimals.`, {
    fix: `Give the offer "${sale.offer}" a size in hundredths of an hour.`,
  });
}

function toDelivered(charge: ChargeWire): Delivered {
  return { remoteId: charge.id, label: `charge ${charge.id} on contract ${charge.contractID}` };
}
