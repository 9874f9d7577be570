/** What `check` verifies by reading. */
import { z } from 'zod';
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { Id } from '../http/answers/wire.ts';
import { checkListed, nameProofs, type Proof, runChecks } from '../kit/checking/checks.ts';
import { firstPage } from '../kit/reading/lists.ts';
import { warnOfAgreements } from './agreements.ts';
import type { Psa } from './call.ts';
import { facts, routeFacts } from './facts.ts';
import {
  companyNumbers,
  isOneOf,
  type NameKind,
  productNumber,
  type ReadList,
  readLists,
  readRowsByIds,
} from './lists.ts';
import { customFields } from './push.ts';
import { Flag, fieldsOf } from './schema.ts';
import { verifyByReading } from './verify.ts';

/** Facts that any config relies on once it writes. */
const written = ['conditions-external-xref', 'note-flags', 'custom-fields'] as const;

export async function checkConnection(psa: Psa, clientIds: readonly SourceId[]) {
  const ids = companyNumbers(clientIds);
  const ofRoute = routeFacts[psa.config.billing.invoiceRoute];
  const native: Proof = ['native-agreements', () => warnOfAgreements(psa, ids)];
  return runChecks('ConnectWise', {
    credentials: ['auth', () => checkCredentials(psa)],
    lists: [
      ['paging', () => checkPaging(psa)],
      ...Object.entries(readLists).map(([noun, list]) => listProof(psa, noun, list, ids)),
    ],
    listFacts: [['facts', () => verifyByReading(psa)]],
    clients: ['clients', () => checkCompanies(psa, ids)],
    names: [
      ...nameProofs(namesToCheck(psa)),
      // Run even if other checks fail: each finding is hours debited twice.
      ...(ids.length === 0 ? [] : [native]),
    ],
    known: () => facts.factResults(psa.context, [...written, ...ofRoute]),
  });
}

const companies = { path: '/company/companies', fields: 'id', pageSize: 1 };

async function checkCredentials(psa: Psa): Promise<string> {
  await firstPage(psa, companies);
  return `Signed in at ${psa.config.baseUrl} as ${psa.config.companyId}.`;
}

/** A second page is refused if pages are numbered. */
async function checkPaging(psa: Psa): Promise<string> {
  let seen = 0;
  for await (const { rows } of psa.pages(companies)) {
    seen += rows.length;
    if (seen >= 2) break;
  }
  return 'Lists can be read in forward-only pages.';
}

const RowWithInfo = z.object({ id: z.int(), _info: z.object({ lastUpdated: z.string() }) });

function listProof(psa: Psa, noun: string, list: ReadList, ids: readonly SourceId[]): Proof {
  const { path, module, companyField } = list;
  const id = `permission.${noun.toLowerCase().replace(' ', '-')}`;
  const conditions = isOneOf(companyField, ids.slice(0, 50));
  const oneRow = { path, ...fieldsOf(RowWithInfo), pageSize: 1 };
  const prove = async (): Promise<CheckResult[] | string> => {
    const { rows } = await firstPage(psa, ids.length > 0 ? { ...oneRow, conditions } : oneRow);
    if (rows.length === 0) return `${noun} can be read; the configured clients have none yet.`;
    if (RowWithInfo.safeParse(rows[0]).success) {
      return `${noun} can be read, with their last-modified timestamps.`;
    }
    const detail = `${noun} lack _info, so their changes cannot be tracked.`;
    const fix = `Give the API member’s security role "All" for Inquire on ${module}.`;
    return [{ id, status: 'failed', detail, fix }];
  };
  return [id, prove];
}

const Company = z.object({ id: Id, deletedFlag: Flag });

async function checkCompanies(psa: Psa, ids: readonly SourceId[]): Promise<CheckResult[]> {
  const companies = await readRowsByIds(psa, readLists.Companies.path, Company, 'id', ids);
  const shown = new Map(companies.map(({ id, deletedFlag }) => [id, deletedFlag !== true]));
  return checkListed('ConnectWise', 'company', ids, shown);
}

function namesToCheck(psa: Psa): Parameters<typeof nameProofs>[0] {
  const { alerts, billing } = psa.config;
  const find = (kind: NameKind, boardId?: SourceId) => async (name: string) => {
    await psa.names.reread(psa, kind, boardId);
    return psa.names.idOf(psa, kind, name, boardId);
  };
  const onBoard = (kind: NameKind) => async (name: string) =>
    find(kind, await psa.names.idOf(psa, 'service boards', alerts.board))(name);
  return [
    ['alerts.board', alerts.board, find('service boards')],
    ['alerts.type', alerts.type, onBoard('ticket types')],
    ['alerts.status', alerts.status, onBoard('ticket statuses')],
    ['billing.product', billing.product, (name) => productNumber(psa, name)],
    ['billing.board', billing.board, find('service boards')],
    ['billing.department', billing.department, find('departments')],
  ];
}

/** Ticket types belong to a board and agreements to a company, so there is no single list of these. */
export async function listNames(psa: Psa, clientIds: readonly SourceId[]): Promise<NameLists> {
  const namesOf = async (kind: NameKind) =>
    (await psa.names.reread(psa, kind)).map(({ id, name }) => ({ sourceId: id, name }));
  const [anyClient] = clientIds;
  const fields = anyClient === undefined ? null : await customFields.read(psa, anyClient);
  return {
    boards: await namesOf('service boards'),
    workTypes: await namesOf('work types'),
    roles: await namesOf('work roles'),
    ...(fields && { clientFields: fields.map(({ name }) => name) }),
  };
}
