/** Webhooks of a vendor that publishes its signing key, and our registrations there. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  ChangedRecord,
  ConnectorContext,
  Registered,
  Registrations,
  SourceId,
  Webhook,
} from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { isHmacOf } from '../../src/domain/signature.ts';
import { isRecent } from '../http/answers/clock.ts';
import { jsonOrNull } from '../http/answers/json.ts';
import { isLoopback } from '../http/requests/address.ts';
import { createTransport } from '../http/transport.ts';
import type { OpenCall } from './call.ts';

const timeoutMs = 5_000;
const bytesMax = 1024 * 1024;
const keysMax = 20;
/** A stranger may name any address on the right host, so the number of requests is bounded. */
const requestsPerHour = 30;
const hourMs = 3_600_000;
/** A key may be replaced under the same address; until then one request is enough. */
const askAgainAfterMs = 600_000;

/** What a message says; `keyUrl`: where the key is. */
interface Message {
  keyUrl: string | null;
  changed: ChangedRecord | null;
}

/** What a vendor describes. */
interface PublishedKeyWebhook<C> {
  /** The header with the signature. */
  header: string;
  /** Hosts of the vendor's cloud. Any other server publishes its keys itself. */
  cloud: RegExp;
  /** Null: it is not JSON. */
  read(body: unknown): Message;
  /** Whose record it is, as it is now; undefined: it is gone. */
  ownerOf(call: C, record: ChangedRecord): Promise<SourceId | null | undefined>;
  registered: Registry<C>;
}

export function publishedKeyWebhook<C>(vendor: PublishedKeyWebhook<C>) {
  return (
    open: OpenCall<C>,
    { baseUrl }: { baseUrl: string },
    context: ConnectorContext,
  ): Webhook => {
    const isSignedBy = signaturesByPublishedKey(context);
    const read = (body: Uint8Array) => vendor.read(jsonOrNull(Buffer.from(body).toString('utf8')));
    return {
      async isSigned({ header, body }) {
        const signature = header(vendor.header);
        const url = trustedUrl(read(body).keyUrl ?? '', baseUrl, vendor.cloud);
        if (signature === undefined || url === null) return false;
        return isSignedBy(url, body, signature);
      },
      changed: ({ body }) => read(body).changed,
      async look(record, clientIds, signal) {
        const owner = await vendor.ownerOf(open(signal), record);
        if (owner === undefined) return 'gone';
        return clientIds.includes(owner ?? '') ? 'ours' : 'others';
      },
      registrations: registrationsIn(open, vendor.registered),
    };
  };
}

/**
 * Null unless it is on the connection's own server, or both are in the vendor's cloud: whoever wrote the message
 * chose the address.
 */
function trustedUrl(text: string, baseUrl: string, cloud: RegExp): URL | null {
  if (!URL.canParse(text)) return null;
  const [url, own] = [new URL(text), new URL(baseUrl)];
  if (url.username !== '' || url.password !== '') return null;
  if (isLoopback(own.hostname)) return isLoopback(url.hostname) ? url : null;
  const isCloud = cloud.test(own.hostname) && cloud.test(url.host);
  return url.protocol === 'https:' && (isCloud || url.host === own.host) ? url : null;
}

const Key = z.object({ signing_key: z.string().min(1) });

/**
 * Signatures by a key that is read from an address in the message: base64 of an HMAC-SHA256 by the SHA-256 of the
 * key's text. The caller has made sure that the address is the vendor's. Keys are kept in memory.
 */
function signaturesByPublishedKey(context: ConnectorContext) {
  const keys = new Map<string, { key: Promise<Buffer | null>; askedAtMs: number }>();
  let askedAtMs: number[] = [];

  const ask = async (url: URL): Promise<Buffer | null> => {
    const transport = createTransport({
      context,
      baseUrl: url.origin,
      limits: [],
      ...{ timeoutMs, bytesMax, attempts: 1, redirectsMax: 0 },
    });
    try {
      // Of no one message: several may await the same key.
      const { signal } = new AbortController();
      const request = { method: 'GET', path: url.href, answersTokens: true, signal } as const;
      const { data } = await transport.send(request, Key);
      context.redactor.learn(data.signing_key);
      return createHash('sha256').update(data.signing_key, 'utf8').digest();
    } catch (error) {
      if (!isKindError(error)) throw error;
      context.log.warn('The signing key of a webhook could not be read.', {
        host: url.host,
        reason: error.message,
      });
      return null;
    }
  };

  /** Null: it could not be read, or too many were. */
  const keyAt = (url: URL, isAgain: boolean): Promise<Buffer | null> => {
    const nowMs = context.now();
    const known = keys.get(url.href);
    if (known && !isAgain) return known.key;
    if (known && isRecent(known.askedAtMs, nowMs, askAgainAfterMs)) return known.key;
    askedAtMs = askedAtMs.filter((atMs) => isRecent(atMs, nowMs, hourMs));
    if (askedAtMs.length >= requestsPerHour) return Promise.resolve(null);
    askedAtMs.push(nowMs);
    const key = ask(url);
    keys.set(url.href, { key, askedAtMs: nowMs });
    const [oldest] = keys.keys();
    if (keys.size > keysMax && oldest !== undefined) keys.delete(oldest);
    const forget = () => void (keys.get(url.href)?.key === key && keys.delete(url.href));
    key.then((read) => read === null && forget(), forget);
    return key;
  };

  return async (url: URL, body: Uint8Array, signature: string): Promise<boolean> => {
    for (const isAgain of [false, true]) {
      const key = await keyAt(url, isAgain);
      if (key !== null && isHmacOf([body], key, signature, 'base64')) return true;
      if (key === null) return false;
    }
    return false;
  };
}

/** A registration at the vendor. */
interface Registration {
  id: SourceId;
  kind: string;
  url: string;
  /** Whether it bears our mark. */
  isMarked: boolean;
  isActive: boolean;
}

interface Registry<C> {
  kinds: readonly string[];
  list(call: C): Promise<Registration[]>;
  add(call: C, kind: string, url: string): Promise<unknown>;
  remove(call: C, id: SourceId): Promise<unknown>;
}

function registrationsIn<C>(open: OpenCall<C>, registry: Registry<C>): Registrations {
  const { kinds } = registry;
  const kindsOf = (some: readonly Registration[]) => some.map(({ kind }) => kind);
  return {
    async keep(url, knownUrls, signal): Promise<Registered> {
      const call = open(signal);
      const ours = (await registry.list(call)).filter(
        (one) => one.isMarked && (one.url === url || knownUrls.includes(one.url)),
      );
      const kept = usableOf(ours, kinds, url);
      const added = url === null ? [] : kinds.filter((kind) => !kindsOf(kept).includes(kind));
      const surplus = ours.filter((one) => !kept.includes(one));
      // What is missing comes first: a failure in between leaves too many rather than too few.
      for (const kind of added) await registry.add(call, kind, url ?? '');
      for (const { id } of surplus) await registry.remove(call, id);
      return { added, removed: kindsOf(surplus), kept: kindsOf(kept) };
    },
    async missing(url, signal) {
      const usable = kindsOf(usableOf(await registry.list(open(signal)), kinds, url));
      return kinds.filter((kind) => !usable.includes(kind));
    },
  };
}

/** The first usable one of each kind. */
function usableOf(all: readonly Registration[], kinds: readonly string[], url: string | null) {
  const usable = all.filter((one) => one.isMarked && one.isActive && one.url === url);
  return kinds.flatMap((kind) => usable.find((one) => one.kind === kind) ?? []);
}
