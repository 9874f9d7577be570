/** What `check` verifies by reading. */
import { z } from 'zod';
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { describeError, isKindError } from '../../src/domain/errors.ts';
import { Id } from '../http/answers/wire.ts';
import { checkClients, nameProofs, type Proof, runChecks } from '../kit/checking/checks.ts';
import { allRows, firstPage } from '../kit/reading/lists.ts';
import { topUpAgreement, warnOfAgreements } from './agreements.ts';
import type { Psa } from './call.ts';
import { companyNumbers, isOneOf } from './conditions.ts';
import { facts, routeFacts } from './facts.ts';
import {
  idOfName,
  lookUpName,
  type NameKind,
  type ReadList,
  readLists,
  readRowsByIds,
} from './lists.ts';
import { customFields } from './push.ts';
import { Flag, fieldsOf } from './schema.ts';
import { verifyByReading } from './verify.ts';

export async function checkConnection(
  psa: Psa,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const ids = companyNumbers(clientIds);
  const { invoiceRoute } = psa.config.billing;
  const topUps = invoiceRoute === 'agreement' ? ids : [];
  const counted = ids.length === 0 ? [] : [() => warnOfAgreements(psa, ids)];
  // Facts verified only by writing, for the steps that this config uses.
  const always = ['conditions-external-xref', 'note-flags', 'custom-fields'] as const;
  const written = [...always, ...routeFacts[invoiceRoute]];
  return runChecks('ConnectWise', {
    credentials: ['auth', () => checkCredentials(psa)],
    lists: [
      ['system', () => readVersion(psa)],
      ...Object.entries(readLists).map(([noun, list]): Proof => {
        const id = `permission.${noun.toLowerCase().replace(' ', '-')}`;
        return [id, () => checkList(psa, id, noun, list, ids)];
      }),
    ],
    listFacts: [['facts', () => verifyByReading(psa, ids)]],
    clients: ['clients', () => checkCompanies(psa, ids)],
    facts: [],
    names: [
      ...nameProofs(namesToCheck(psa)),
      // Run even if other checks fail: each finding is hours debited twice.
      ...counted.map((warn): Proof => ['native-agreements', warn]),
      ...topUps.map((id): Proof => [`name.agreement.${id}`, () => checkTopUp(psa, id)]),
    ],
    native: null,
    known: () => Promise.all(written.map((id) => facts.factResult(psa.context, id))),
  });
}

async function checkCredentials(psa: Psa): Promise<string> {
  await firstPage(psa, { path: '/company/companies', fields: 'id', pageSize: 1 });
  return `Signed in at ${psa.config.baseUrl} as ${psa.config.companyId}.`;
}

const SystemInfo = z.object({ version: z.string() });

/** Not in the vendor's published documentation, so its absence is only a warning. */
async function readVersion(psa: Psa): Promise<CheckResult[] | string> {
  try {
    return `ConnectWise PSA ${(await psa.get('/system/info', SystemInfo)).version}.`;
  } catch (error) {
    if (!isKindError(error, 'rejected', 'contract', 'permission')) throw error;
    const fix = 'Nothing depends on it; optionally grant the API member Inquire on System > API.';
    return [{ id: 'system', status: 'warning', detail: describeError(error), fix }];
  }
}

const RowWithInfo = z.object({ id: z.int(), _info: z.object({ lastUpdated: z.string() }) });

async function checkList(
  psa: Psa,
  id: string,
  noun: string,
  { path, module, companyField }: ReadList,
  ids: readonly SourceId[],
): Promise<CheckResult[] | string> {
  const conditions = isOneOf(companyField, ids.slice(0, 50));
  const list = {
    path,
    ...fieldsOf(RowWithInfo),
    pageSize: 1,
    ...(ids.length > 0 && { conditions }),
  };
  const { rows } = await firstPage(psa, list);
  if (rows.length === 0) return `${noun} can be read; the configured clients have none yet.`;
  if (RowWithInfo.safeParse(rows[0]).success) {
    return `${noun} can be read, with their last-modified timestamps.`;
  }
  const detail = `${noun} lack _info, so their changes cannot be tracked.`;
  const fix = `Give the API member’s security role "All" for Inquire on ${module}.`;
  return [{ id, status: 'failed', detail, fix }];
}

const Company = z.object({ id: Id, name: z.string(), deletedFlag: Flag });

async function checkCompanies(psa: Psa, ids: readonly SourceId[]): Promise<CheckResult[]> {
  const companies = await readRowsByIds(psa, readLists.Companies.path, Company, 'id', ids);
  const found = new Map(companies.map((company) => [company.id, company]));
  return checkClients('ConnectWise', ids, async (id) => {
    const company = found.get(id);
    if (company !== undefined && company.deletedFlag !== true) return null;
    const detail =
      company === undefined
        ? `ConnectWise shows no company ${id}.`
        : `Company ${id} (${company.name}) is deleted in ConnectWise.`;
    const fix = 'Correct the client’s ID in the config, or the API member’s access to companies.';
    return { detail, fix };
  });
}

function namesToCheck(psa: Psa): Parameters<typeof nameProofs>[0] {
  const { alerts, billing } = psa.config;
  const find = (kind: NameKind) => (name: string) => lookUpName(psa, kind, name);
  const onBoard = (kind: NameKind) => async (name: string) =>
    lookUpName(psa, kind, name, await idOfName(psa, 'board', alerts.board));
  return [
    ['alerts.board', alerts.board, find('board')],
    ['alerts.type', alerts.type, onBoard('type')],
    ['alerts.status', alerts.status, onBoard('status')],
    ['billing.product', billing.product, find('product')],
    ['billing.board', billing.board, find('board')],
    ['billing.department', billing.department, find('department')],
  ];
}

async function checkTopUp(psa: Psa, clientId: SourceId): Promise<string> {
  const { name } = await topUpAgreement(psa, clientId);
  return `Company ${clientId} is topped up on "${name}".`;
}

const Named = z.object({ id: Id, name: z.string() });

/** Ticket types belong to a board and agreements to a company, so there is no single list of these. */
export async function listNames(psa: Psa, clientIds: readonly SourceId[]): Promise<NameLists> {
  const namesAt = async (path: string) => {
    const rows = await allRows(psa, { path, ...fieldsOf(Named) }, Named);
    return rows.map(({ id, name }) => ({ sourceId: id, name }));
  };
  const [anyClient] = clientIds;
  const fields = anyClient === undefined ? null : await customFields.read(psa, anyClient);
  return {
    boards: await namesAt('/service/boards'),
    workTypes: await namesAt('/time/workTypes'),
    roles: await namesAt('/time/workRoles'),
    ...(fields && { clientFields: fields.map(({ name }) => name) }),
  };
}
