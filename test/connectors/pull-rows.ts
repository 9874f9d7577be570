/** Reading a connector's streams in its own tests. */
import type { Connector, Page, PullRequest, StreamName } from '../../src/contract/connector.ts';

export type Row<Stream extends StreamName> =
  NonNullable<Connector['pull'][Stream]> extends (
    request: PullRequest,
  ) => AsyncIterable<Page<infer R>>
    ? R
    : never;

export function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

/** All there is of these clients since the beginning of 2026. */
export function pullRequestFor(
  clientIds: readonly number[],
  change: Partial<PullRequest> = {},
): PullRequest {
  return {
    since: '2026-01-01T00:00:00.000Z',
    until: '2100-01-01T00:00:00.000Z',
    resume: null,
    isStored: true,
    whenStored: async () => {},
    clientIds: clientIds.map(String),
    signal: soon(),
    ...change,
  };
}

export async function pagesOf<Stream extends StreamName>(
  connector: Connector,
  stream: Stream,
  request: PullRequest,
): Promise<Page<Row<Stream>>[]> {
  const pull = connector.pull[stream];
  if (pull === undefined) throw new Error(`There is no stream ${stream}.`);
  const pages: Page<Row<Stream>>[] = [];
  for await (const page of pull(request)) pages.push(page as Page<Row<Stream>>);
  return pages;
}

/** All rows of a stream; fails the test when one was quarantined. */
export async function rowsOf<Stream extends StreamName>(
  connector: Connector,
  stream: Stream,
  request: PullRequest,
): Promise<Row<Stream>[]> {
  const pages = await pagesOf(connector, stream, request);
  const [rejected] = pages.flatMap((page) => page.rejected);
  if (rejected !== undefined) throw new Error(`Set aside: ${rejected.reason}`);
  return pages.flatMap((page) => page.rows);
}
