import {
  type SandboxAnswer,
  type SandboxRequest,
  startSandboxServer,
  type TakeFault,
} from '../sandbox/server.ts';
import { type ContractBench, runContractSuite } from './contract-suite.ts';
import { plainPageSize, plainVendor } from './plain-vendor.ts';

interface PlainRow {
  id: number;
  updatedAt: string;
  [field: string]: unknown;
}

/** The suite is proved on a made-up vendor, so that a failure elsewhere is the connector's. */
runContractSuite({ vendor: plainVendor, start: startPlainBench });

async function startPlainBench(): Promise<ContractBench> {
  const tables = { tickets: [] as PlainRow[], time: [] as PlainRow[] };
  const notes: { id: number; key: string }[] = [];
  const sandbox = await startSandboxServer((request, takeFault): SandboxAnswer => {
    if (request.headers.authorization !== 'Bearer right') return { status: 401 };
    if (request.path === '/notes' && request.method === 'POST') {
      const note = { id: notes.length + 1, key: keyIn(request.json()) };
      notes.push(note);
      return { status: 201, json: note };
    }
    // The filter is by how the key begins: a vendor's search is not to be believed.
    const key = request.query.get('key') ?? '';
    if (request.path === '/notes') {
      return { status: 200, json: notes.filter((note) => note.key.startsWith(key)) };
    }
    return pageOf(request.path === '/time' ? tables.time : tables.tickets, request, takeFault);
  });
  return {
    sandbox,
    settings: { baseUrl: sandbox.baseUrl, password: 'right' },
    wrongSecretSettings: { baseUrl: sandbox.baseUrl, password: 'not-this-one' },
    clientIds: ['1', '2'],
    noteTicketId: '1',
    pageSize: plainPageSize,
    pageStreams: [
      { stream: 'tickets', path: /^\/tickets$/ },
      { stream: 'timeEntries', path: /^\/time$/ },
    ],
    countPushed: (_kind, wanted) => notes.filter(({ key }) => key === wanted).length,
    putWork: async ({ client, startedAt, seconds }) => {
      const id = tables.tickets.length + 1;
      const row = { id, clientId: client + 1, isClosed: true, updatedAt: new Date().toISOString() };
      tables.tickets.push(row);
      const time = { id: id + 1000, ticketId: id, hours: seconds / 3600, startedAt };
      tables.time.push({ ...row, ...time });
      return { ticketId: String(id), entryId: String(id + 1000) };
    },
    addWork: async (count) =>
      Array.from({ length: count }, (_, index) => {
        const updatedAt = new Date().toISOString();
        const id = index + 1;
        const row = { id, clientId: 1, isClosed: true, updatedAt };
        tables.tickets.push(row);
        tables.time.push({
          ...row,
          id: id + 1000,
          ticketId: id,
          hours: 0.25,
          startedAt: updatedAt,
        });
        return { ticketId: String(id), entryId: String(id + 1000), seconds: 900 };
      }),
  };
}

function pageOf(table: PlainRow[], request: SandboxRequest, takeFault: TakeFault): SandboxAnswer {
  const since = request.query.get('since') ?? '';
  const start = Number(request.query.get('cursor') ?? 0);
  const rows = table.filter((row) => row.updatedAt >= since);
  if (takeFault('page-loop')) return page(rows.slice(0, plainPageSize), '0');
  const isRepeat = start > 0 && takeFault('duplicate-page');
  const end = start + (isRepeat ? 0 : plainPageSize);
  const shown: object[] = rows.slice(isRepeat ? start - plainPageSize : start, end);
  if (shown.length > 0 && takeFault('bad-row')) shown[0] = { ...shown[0], updatedAt: 'yesterday' };
  // After a repeated page the same rows are still to come, under another cursor.
  const next = isRepeat ? `${start}.0` : String(end);
  return page(shown, end < rows.length ? next : null);
}

function page(rows: object[], next: string | null): SandboxAnswer {
  return { status: 200, json: { rows, next } };
}

function keyIn(body: unknown): string {
  return typeof body === 'object' && body !== null && 'key' in body ? String(body.key) : '';
}
