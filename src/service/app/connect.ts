import type { LoadedConfig } from '../../config/loaded.ts';
import type { Connector } from '../../contract/connector.ts';
import type { Redactor } from '../../domain/redaction.ts';
import { instantFromMs } from '../../domain/time.ts';
import { noteWrite } from '../../push/writes.ts';
import type { Store } from '../../store/port.ts';
import type { Logger } from './log.ts';

export type RequestMeter = Map<string, number>;

interface ConnectServices {
  store: Store;
  log: Logger;
  redactor: Redactor;
  now(): number;
  requests: RequestMeter;
}

/** Creates a connector per connection, each with its own memory in the store. Sends nothing yet. */
export function connectAll(
  config: LoadedConfig,
  services: ConnectServices,
): ReadonlyMap<string, Connector> {
  const { store, log, redactor, now, requests } = services;
  const connectors = new Map<string, Connector>();
  for (const { name, vendor, settings } of config.connections.values()) {
    const at = () => instantFromMs(now());
    connectors.set(
      name,
      vendor.create(settings, {
        connection: name,
        timezone: config.timezone,
        currency: config.currency,
        memory: {
          get: (key) => store.readMemory(name, key),
          set: (key, value) => store.writeMemory(name, key, value, at()),
          delete: (key) => store.writeMemory(name, key, null, at()),
        },
        log: log.child({ connection: name }),
        redactor,
        now,
        onRequest: (isWrite) => {
          requests.set(name, (requests.get(name) ?? 0) + 1);
          if (isWrite) noteWrite();
        },
      }),
    );
  }
  return connectors;
}
