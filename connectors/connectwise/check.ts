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

export async function checkConnection(
  psa: Psa,
  clientIds: readonly SourceId[],
): Promise<CheckResult[]> {
  const ids = companyNumbers(clientIds);
  const counted = ids.length === 0 ? [] : [() => warnOfAgreements(psa, ids)];
  // Facts verified only by writing, for the steps that this config uses.
  const always = ['conditions-external-xref', 'note-flags', 'custom-fields'] as const;
  const written = [...always, ...routeFacts[psa.config.billing.invoiceRoute]];
  return runChecks('ConnectWise', {
    credentials: ['auth', () => checkCredentials(psa)],
    lists: [
      ['paging', () => checkPaging(psa)],
      ...Object.entries(readLists).map(([noun, list]): Proof => {
        const id = `permission.${noun.toLowerCase().replace(' ', '-')}`;
        return [id, () => checkList(psa, id, noun, list, ids)];
      }),
    ],
    listFacts: [['facts', () => verifyByReading(psa)]],
    clients: ['clients', () => checkCompanies(psa, ids)],
    facts: [],
    names: [
      ...nameProofs(namesToCheck(psa)),
      // Run even if other checks fail: each finding is hours debited twice.
      ...counted.map((warn): Proof => ['native-agreements', warn]),
    ],
    native: null,
    known: () => Promise.all(written.map((id) => facts.factResult(psa.context, id))),
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
