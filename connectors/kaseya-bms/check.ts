/** What `check` verifies by reading. */
import type { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import {
  checkListed,
  listProofs,
  nameProofs,
  nativeContracts,
  okResult,
  type Proof,
  runChecks,
  warningResult,
} from '../kit/checking/checks.ts';
import { numericIds, readableRows } from '../kit/reading/lists.ts';
import type { Bms } from './call.ts';
import { facts } from './facts.ts';
import {
  accountList,
  findNumber,
  findProduct,
  findTicketType,
  lists,
  type NameKind,
  readContracts,
  readFieldNames,
  readUser,
} from './lists.ts';
import { AccountWire, type UserWire } from './schema.ts';
import { verifyByReading } from './verify.ts';

type User = z.infer<typeof UserWire>;

export async function checkConnection(bms: Bms, clientIds: readonly SourceId[]) {
  let user: User = {};
  const oneRow = Object.entries(lists).map(([name, list]) => [name, { ...list, pageSize: 1 }]);
  const signIn = async (): Promise<string> => {
    user = await readUser(bms);
    return `Signed in as ${bms.config.username}.`;
  };
  return runChecks('Kaseya BMS', {
    credentials: ['auth', signIn],
    lists: [
      ['user', async () => compareUser(bms, user)],
      ...listProofs(bms, Object.fromEntries(oneRow)),
    ],
    clients: ['clients', () => checkAccounts(bms, clientIds)],
    facts: [['facts', () => verifyByReading(bms, user.timestamp)]],
    names: listNameProofs(bms),
    native: clientIds.length === 0 ? null : ['native-contracts', () => checkNative(bms, clientIds)],
    known: () => facts.factResults(bms.context),
  });
}

/** What BMS reports about the API user: time zone and currency. */
function compareUser({ zone, context }: Bms, user: User): CheckResult[] {
  const { olsontimezonename: shown, currencycode: currency } = user;
  const results: CheckResult[] = [];
  if (shown) {
    const detail = `BMS shows times to this user in ${shown}; they are read in ${zone}.`;
    const fix = `Set timezone: ${shown}, or the zone of this user in BMS.`;
    const isSame = shown === zone;
    results.push(isSame ? okResult('timezone', detail) : warningResult('timezone', detail, fix));
  }
  if (currency && currency !== context.currency) {
    const detail = `Amounts in BMS are in ${currency}; they are read in ${context.currency}.`;
    const fix = `Set currency: ${currency} in the file.`;
    results.push({ id: 'currency', status: 'failed', detail, fix });
  }
  return results;
}

async function checkAccounts(bms: Bms, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const accounts = await readableRows(bms, accountList, AccountWire);
  const shown = new Map(accounts.map(({ id, isactive }) => [id, isactive !== false]));
  return checkListed('Kaseya BMS', 'account', numericIds('Kaseya BMS', clientIds), shown);
}

/** Each name in the config, looked up the way the step that needs it does. */
function listNameProofs(bms: Bms): Proof[] {
  const { alerts, billing, balance, closedStatuses = [] } = bms.config;
  const find = (kind: NameKind) => (name: string) => findNumber(bms, kind, name);
  const findType = async (name: string) => (await findTicketType(bms, name)).typeId;
  const showFields = async (): Promise<string> => {
    const fields = (await readFieldNames(bms)).join(', ') || 'none';
    return `Custom fields of module ${balance?.moduleId}, which must be those of accounts: ${fields}.`;
  };
  return [
    ...nameProofs(closedStatuses.map((name) => [`closedStatuses.${name}`, name, find('status')])),
    ...nameProofs([
      ['alerts.queue', alerts?.queue, find('queue')],
      ['alerts.priority', alerts?.priority, find('priority')],
      ['alerts.status', alerts?.status, find('status')],
      ['alerts.withdrawnStatus', alerts?.withdrawnStatus, find('status')],
      ['alerts.type', alerts?.type, findType],
      ['billing.queue', billing.queue, find('queue')],
      ['billing.product', billing.product, (name) => findProduct(bms, name)],
    ]),
    ...(balance === undefined ? [] : [['name.balance.moduleId', showFields] satisfies Proof]),
  ];
}

const ended = /expired|inactive|cancel|closed|terminated|draft/i;

/** Contracts by which BMS debits a client's hours itself. Their balance is not shown. */
async function checkNative(bms: Bms, clientIds: readonly SourceId[]): Promise<CheckResult[]> {
  const counting = (await readContracts(bms, clientIds)).filter(
    ({ contracttype, status }) =>
      /retainer|block|prepaid/i.test(contracttype ?? '') && !ended.test(status ?? ''),
  );
  const found = counting.map(({ id, accountname, contractname, contracttype }) => ({
    id,
    what: `${accountname} has an active contract "${contractname ?? id}" (${contracttype})`,
  }));
  const fix =
    'Enter the hours left on its page in BMS as an opening block and end the contract there, or leave the client out.';
  return nativeContracts(found, fix);
}
