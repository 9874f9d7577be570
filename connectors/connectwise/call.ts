/** Requests in ConnectWise's dialect: codebase, credentials, pinned version, request ids in errors, pages. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { classifyAnswer } from '../http/answers/classify.ts';
import { pagesByCursor } from '../http/paging.ts';
import { createTransport } from '../http/transport.ts';
import type { Answer, RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall } from '../kit/call.ts';
import { createDiscovery, type Discovery } from '../kit/discovery.ts';
import { lastIdOf, type Pages } from '../kit/reading/lists.ts';
import { createNames, type Names } from '../kit/reading/names.ts';
import { rememberEmails } from '../kit/reading/remembered.ts';
import type { ConnectwiseConfig } from './config.ts';
import { type NameKind, nameSources, readEmails } from './lists.ts';

export interface List {
  path: string;
  fields: string;
  /** Sent with every page: next links may not include them. */
  conditions?: string;
  /** End of the last page of an earlier pass. */
  pageId?: string | null;
  pageSize?: number;
}

export interface Psa extends Call<ConnectwiseConfig, List> {
  names: Names<Psa, NameKind>;
  addEmails: ReturnType<typeof rememberEmails<Psa>>;
}

const limits = [{ path: '', concurrency: 3, source: 'None is published; a 429 is honoured.' }];

export function createPsa(config: ConnectwiseConfig, context: ConnectorContext): OpenCall<Psa> {
  const codebase = createCodebase(config, context);
  const credentials = `${config.companyId}+${config.publicKey}:${config.privateKey}`;
  const open = createCalls<ConnectwiseConfig, List>(
    config,
    context,
    {
      baseUrl: async (signal) => `${config.baseUrl}/${await codebase.current(signal)}/apis/3.0`,
      limits,
      authorize: async () => ({
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        clientid: config.clientId,
        accept: `application/vnd.connectwise.com+json; version=${config.version}`,
      }),
      classify: async (answer) => {
        const isGone = answer.status === 404;
        if (isGone && (await codebase.hasMoved(answer.request.signal))) return 'again';
        return errorOf(answer, context.now());
      },
    },
    readPages,
  );
  const names = createNames('ConnectWise', nameSources);
  const addEmails = rememberEmails(readEmails);
  return (signal) => ({ ...open(signal), names, addEmails });
}

const Rows = z.array(z.unknown());

/** Sorted by ID, so that rows changing meanwhile are neither lost nor duplicated. */
async function* readPages(psa: Call<ConnectwiseConfig, List>, list: List): Pages {
  const { path, conditions, fields, pageId, pageSize = psa.config.pageSize } = list;
  const headers = { 'pagination-type': 'forward-only' };
  const next = (answer: Answer<unknown[]>) => nextPageId(answer, path, pageSize);
  const pages = pagesByCursor({
    start: pageId ?? null,
    send: (after) => {
      const query = { conditions, fields, pageSize, pageId: after ?? undefined };
      return psa.send({ method: 'GET', path, query, headers }, Rows);
    },
    next,
  });
  for await (const answer of pages) {
    yield {
      rows: answer.data,
      // Broken paging matters only if the next page is read.
      get resume() {
        return next(answer);
      },
    };
  }
}

/**
 * The ID in the next link. After a full page without a link, the next page is requested by the last ID, in
 * case a proxy drops headers: one more request, and no lost row.
 */
function nextPageId(answer: Answer<unknown[]>, path: string, pageSize: number): string | null {
  const link = /<([^>]*)>\s*;[^,<]*\brel="?next"?/i.exec(answer.headers.link ?? '')?.[1];
  if (link !== undefined) {
    const pageId = new URL(link, 'https://next.invalid').searchParams.get('pageId');
    if (pageId !== null) return pageId;
    throw new KindError('contract', `GET ${path} returned numbered pages, not forward-only.`, {
      fix: 'Numbered pages lose rows that change meanwhile. Ask ConnectWise about forward-only paging.',
    });
  }
  return answer.data.length < pageSize ? null : lastIdOf(path, answer.data);
}

/**
 * The common table's error, with the request ID for the vendor's support. A 401 names the setting at
 * fault: the client ID belongs to the program, the keys to an API member.
 */
function errorOf(answer: RawAnswer, nowMs: number): KindError | null {
  const error = classifyAnswer(answer, nowMs);
  if (error === null) return null;
  const requestId = answer.headers['x-cw-request-id'];
  if (requestId !== undefined) error.message += ` (request ${requestId})`;
  if (answer.status !== 401) return error;
  const fix = /client[\s_-]?id/i.test(answer.text)
    ? 'Check clientId: the GUID that ConnectWise gave out for this program.'
    : 'Check companyId, publicKey and privateKey: both keys must be of the same API member.';
  return new KindError('auth', error.message, { fix, status: 401 });
}

const CompanyInfo = z.object({ Codebase: z.string().regex(/^[\w.-]+\/?$/) }).nullable();

/** The codebase in the API's path changes when the vendor upgrades its cloud. */
function createCodebase(config: ConnectwiseConfig, context: ConnectorContext): Discovery {
  const { baseUrl, companyId } = config;
  const transport = createTransport({ context, baseUrl, limits });
  const memoryKey = `codebase:${baseUrl}:${companyId}`;
  const moved = 'ConnectWise has moved to another codebase.';
  return createDiscovery(context, memoryKey, moved, async (signal) => {
    const path = `/login/companyinfo/${encodeURIComponent(companyId)}`;
    const { data } = await transport.send({ method: 'GET', path, signal }, CompanyInfo);
    if (data !== null) return data.Codebase.replace(/\/$/, '');
    throw new KindError('config', `ConnectWise does not know the company "${companyId}".`, {
      fix: 'Set companyId to the company name of the sign-in page, and baseUrl to your region’s host.',
    });
  });
}
