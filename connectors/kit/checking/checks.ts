/** What `check` verifies by reading, in the order in which an admin would fix it. */
import type { CheckResult, SourceId } from '../../../src/contract/connector.ts';
import { isKindError } from '../../../src/domain/errors.ts';
import { firstPage, type Pages } from '../reading/lists.ts';

/** What an admin can correct becomes a failed result; anything else is a bug of ours and is thrown. */
export function attemptsAt(product: string) {
  return async (id: string, work: () => Promise<CheckResult[]>): Promise<CheckResult[]> => {
    try {
      return await work();
    } catch (error) {
      if (!isKindError(error)) throw error;
      const isTheirs = error.kind === 'transient' || error.kind === 'rate-limited';
      const fix =
        error.fix ??
        (isTheirs
          ? `Check baseUrl and that ${product} is reachable, then try again.`
          : `See the message from ${product}.`);
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

/** A check ID with its proof. A returned sentence is an ok result; `null`: no result. */
export type Proof = [id: string, prove: () => Promise<CheckResult[] | string | null>];

interface Checks {
  /** Without valid credentials nothing else is checked. */
  credentials: Proof;
  /** One row of each list that is read on every run. */
  lists: readonly Proof[];
  /** Run before the clients are checked, once credentials and lists are ok: these need no client. */
  listFacts?: readonly Proof[];
  clients: Proof;
  /** Run once credentials, lists and clients are ok. */
  facts?: readonly Proof[];
  /** Every name in the settings, and products. */
  names?: readonly Proof[];
  /** Blocks of hours that the vendor itself debits; run once credentials and lists are ok. */
  native?: Proof | null;
  /** Facts that are verified elsewhere: what is known about each. */
  known(): Promise<CheckResult[]>;
}

/** `check`, in one fixed order. `product`: display name of the vendor's product. */
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
  if (isListed && areClientsThere) await add(checks.facts ?? []);
  await add(checks.names ?? []);
  // Neither a false fact nor a wrong client may hide hours that the vendor itself debits.
  if (isListed && checks.native) await add([checks.native]);
  return [...results, ...(await checks.known())];
}

/** One proof per name in the settings; `find` throws `config` if it does not exist. */
export function nameProofs(
  rows: readonly (readonly [
    setting: string,
    name: string | undefined,
    find: (name: string) => Promise<unknown>,
  ])[],
): Proof[] {
  return rows.flatMap(([setting, name, find]): Proof[] => {
    if (name === undefined) return [];
    const prove = async (): Promise<string> => {
      const id = await find(name);
      return id === undefined ? `"${name}" exists.` : `"${name}" has ID ${id}.`;
    };
    return [[`name.${setting}`, prove]];
  });
}

/** A proof whose failure is only a warning: few configs need what it proves. */
export function softened(product: string, [id, prove]: Proof): Proof {
  const guess = async (): Promise<CheckResult[]> => {
    const work = async (): Promise<CheckResult[]> => [okResult(id, String(await prove()))];
    const results = await attemptsAt(product)(id, work);
    return results.map((one) => (one.status === 'failed' ? { ...one, status: 'warning' } : one));
  };
  return [id, guess];
}

/** Each list can be read; `permission.tickets` by the first page of `tickets`. */
export function listProofs<List>(
  call: { pages(list: List): Pages },
  lists: Readonly<Record<string, List>>,
): Proof[] {
  return Object.entries(lists).map(([name, list]) => {
    const prove = async (): Promise<string> => {
      const { count } = await firstPage(call, list);
      return `The list of ${name} can be read${count == null ? '' : `: ${count} rows`}.`;
    };
    return [`permission.${name}`, prove];
  });
}

/** One failed result for each client with a fault, else one ok result for all. */
export async function checkClients(
  product: string,
  clientIds: readonly SourceId[],
  faultOf: (id: SourceId) => Promise<{ detail: string; fix: string } | null>,
): Promise<CheckResult[]> {
  const faults = await checkEachClient(product, clientIds, async (clientId) => {
    const fault = await faultOf(clientId);
    return fault && { id: `client.${clientId}`, status: 'failed', ...fault };
  });
  if (faults.length > 0) return faults;
  return [okResult('clients', `All ${clientIds.length} clients found.`)];
}

/** A result for each client, or none, whatever is wrong with the others. */
export async function checkEachClient(
  product: string,
  clientIds: readonly SourceId[],
  look: (id: SourceId) => Promise<CheckResult | null>,
): Promise<CheckResult[]> {
  const attempt = attemptsAt(product);
  const results: CheckResult[] = [];
  for (const id of clientIds) {
    results.push(...(await attempt(`client.${id}`, async () => [(await look(id)) ?? []].flat())));
  }
  return results;
}

/** Clients that the vendor shows, by ID, with whether each is active. `noun`: what it calls a client. */
export function checkListed(
  product: string,
  noun: string,
  clientIds: readonly SourceId[],
  shown: ReadonlyMap<SourceId, boolean>,
): Promise<CheckResult[]> {
  return checkClients(product, clientIds, async (id) => {
    if (shown.get(id) === true) return null;
    const what = `${noun} ${id}`;
    const detail = shown.has(id)
      ? `In ${product}, ${what} is inactive or deleted.`
      : `${product} shows no ${what}.`;
    const fix = 'Correct the client’s ID in the config, or let the API user see the client.';
    return { detail, fix };
  });
}

/** One warning for each contract with which the vendor counts a configured client's hours itself. */
export function nativeContracts(
  found: readonly { id: SourceId; what: string }[],
  fix: string,
): CheckResult[] {
  if (found.length === 0) {
    const detail = 'No configured client has an active contract that counts its hours.';
    return [okResult('native-contracts', detail)];
  }
  return found.map(({ id, what }) => {
    const detail = `${what}: two systems would debit the same hour.`;
    return warningResult(`native-contract.${id}`, detail, fix);
  });
}
