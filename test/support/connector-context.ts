import type { ConnectorContext, ConnectorMemory } from '../../src/contract/connector.ts';
import { Redactor } from '../../src/domain/redaction.ts';
import { noteWrite } from '../../src/push/writes.ts';

export interface LogLine {
  level: 'debug' | 'info' | 'warn';
  message: string;
  detail: Record<string, unknown> | undefined;
}

export interface TestContext extends ConnectorContext {
  /** Requests that left so far. */
  readonly requestCount: number;
  readonly logs: readonly LogLine[];
  /** What the connector's memory holds. */
  readonly kept: ReadonlyMap<string, string>;
}

export interface TestContextOptions {
  /** `UTC` unless told. */
  timezone?: string;
  /** `EUR` unless told. */
  currency?: string;
  /** The real clock unless told. */
  now?: () => number;
}

/** A context as the service would give it, with everything kept in memory and open to a test. */
export function createTestContext(options: TestContextOptions = {}): TestContext {
  const kept = new Map<string, string>();
  const logs: LogLine[] = [];
  let requestCount = 0;
  const logAt =
    (level: LogLine['level']) =>
    (message: string, detail?: Record<string, unknown>): void =>
      void logs.push({ level, message, detail });
  return {
    connection: 'test',
    timezone: options.timezone ?? 'UTC',
    currency: options.currency ?? 'EUR',
    memory: createMemory(kept),
    log: { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn') },
    redactor: new Redactor(),
    now: options.now ?? Date.now,
    backoffMs: 5,
    onRequest: (isWrite) => {
      requestCount += 1;
      if (isWrite) noteWrite();
    },
    get requestCount() {
      return requestCount;
    },
    logs,
    kept,
  };
}

function createMemory(kept: Map<string, string>): ConnectorMemory {
  return {
    get: async (key) => kept.get(key) ?? null,
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
}

/** What was doubted is as good as seen long ago: the next miss verifies it. */
export async function agedDoubts({ kept, memory }: TestContext): Promise<void> {
  for (const [key, stored] of kept) {
    if (stored.startsWith('doubt')) await memory.set(key, 'doubt 2026-01-01T00:00:00.000Z');
  }
}
