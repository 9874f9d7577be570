/** What `check` proves by reading, in the order in which a person would correct it. */
import type { CheckResult, SourceId } from '../../../src/contract/connector.ts';
import { isKindError } from '../../../src/domain/errors.ts';
import { firstPage, type Pages } from '../reading/lists.ts';

export type Attempt = (id: string, work: () => Promise<CheckResult[]>) => Promise<CheckResult[]>;

/** What a person can correct becomes a failed result; anything else is a defect of ours and is thrown. */
export function attemptsAt(product: string): Attempt {
  return async (id, work) => {
    try {
      return await work();
    } catch (error) {
      if (!isKindError(error)) throw error;
      const isTheirs = error.kind === 'transient' || error.kind === 'rate-limited';
      const fix =
        error.fix ??
        (isTheirs
          ? `Check baseUrl and that ${product} answers, then try again.`
          : `See what ${product} says.`);
      return [{ id, status: 'failed', detail: error.message, fix, kind: error.kind }];
    }
  };
}

export function okResult(id: string, detail: string): CheckResult {
  return { id, status: 'ok', detail };
}

export function warningResult(id: string, detail: string, fix: string): CheckResult {
  return { id, status: 'warning', detail, fix };
}

/** An id with what proves it. Its sentence is an ok result; `null`: there is nothing to say. */
export type Proof = [id: string, prove: () => Promise<CheckResult[] | string | null>];

interface Checks {
  /** Without credentials nothing else is asked. */
  credentials: Proof;
  /** One row of each list that is read on every run. */
  lists: readonly Proof[];
  /** Asked before the clients, only where credentials and lists hold: no client need be there for these. */
  listFacts?: readonly Proof[];
  clients: Proof;
  /** Asked only where credentials, lists and clients hold. */
  facts: readonly Proof[];
  /** Every name of the settings, and products. */
  names: readonly Proof[];
  /** Blocks of hours that the vendor itself counts down; asked wherever credentials and lists hold. */
  native: Proof | null;
  /** Facts that are verified elsewhere: what is known of each. */
  known(): Promise<CheckResult[]>;
}

/** `check`, in one fixed order. `product`: what people call the vendor's product. */
export async function runChecks(product: string, checks: Checks): Promise<CheckResult[]> {
  const attempt = attemptsAt(product);
  const prove = async ([id, work]: Proof): Promise<CheckResult[]> =>
    attempt(id, async () => {
      const found = (await work()) ?? [];
      return typeof found === 'string' ? [okResult(id, found)] : found;
    });
  const results = await prove(checks.credentials);
  const isFine = (some: readonly CheckResult[]): boolean =>
    some.every(({ status }) => status !== 'failed');
  const add = async (proofs: readonly Proof[]): Promise<CheckResult[]> => {
    const added: CheckResult[] = [];
    for (const proof of proofs) added.push(...(await prove(proof)));
    results.push(...added);
    return added;
  };
  if (!isFine(results)) return results;
  const isListed = isFine(await add(checks.lists));
  if (isListed) await add(checks.listFacts ?? []);
  const areClientsThere = isFine(await add([checks.clients]));
  if (isListed && areClientsThere) await add(checks.facts);
  await add(checks.names);
  // Neither a false fact nor one wrong client hides hours that the vendor itself counts down.
  if (isListed && checks.native !== null) await add([checks.native]);
  return [...results, ...(await checks.known())];
}

/** One proof for each name of the settings; `find` throws `config` where there is none. */
export function nameProofs(
  rows: readonly [
    setting: string,
    name: string | undefined,
    find: (name: string) => Promise<unknown>,
  ][],
): Proof[] {
  return rows.flatMap(([setting, name, find]): Proof[] => {
    if (name === undefined) return [];
    const prove = async (): Promise<string> => {
      const id = await find(name);
      return id === undefined ? `"${name}" is there.` : `"${name}" is number ${id}.`;
    };
    return [[`name.${setting}`, prove]];
  });
}

/** That each list is seen; `permission.tickets` by the first page of `tickets`. */
export function listProofs<List>(
  call: { pages(list: List): Pages },
  lists: Readonly<Record<string, List>>,
): Proof[] {
  return Object.entries(lists).map(([name, list]) => {
    const prove = async (): Promise<string> => {
      const { count } = await firstPage(call, list);
      return count == null
        ? `The list of ${name} is seen.`
        : `The list of ${name} is seen: ${count} rows.`;
    };
    return [`permission.${name}`, prove];
  });
}

/** One failed result for each client that `faultOf` says something of, else one for all. */
export async function checkClients(
  product: string,
  clientIds: readonly SourceId[],
  faultOf: (id: SourceId) => Promise<{ detail: string; fix: string } | null>,
): Promise<CheckResult[]> {
  const attempt = attemptsAt(product);
  const faults: CheckResult[] = [];
  for (const clientId of clientIds) {
    const id = `client.${clientId}`;
    const look = async (): Promise<CheckResult[]> => {
      const fault = await faultOf(clientId);
      return fault === null ? [] : [{ id, status: 'failed', ...fault }];
    };
    faults.push(...(await attempt(id, look)));
  }
  if (faults.length > 0) return faults;
  return [okResult('clients', `All ${clientIds.length} clients are there.`)];
}
