/** What a vendor pushes: hints that something changed. What changed is read from the vendor itself. Types only. */
import type { SourceId } from '../domain/records/rows.ts';

/** A webhook of the vendor's, of which only the name of the changed record is kept. */
export interface Poke {
  /** A header of the request by its lower-case name. */
  header(name: string): string | undefined;
  body: Uint8Array;
  nowMs: number;
}

/** A record that a webhook names. */
export interface ChangedRecord {
  kind: 'ticket' | 'time' | 'invoice';
  id: SourceId;
  isDeleted: boolean;
}

/** How a record is seen now. `gone`: no record has that ID, or none that the API user may see. */
export type Sight = 'ours' | 'others' | 'gone';

/** What is registered at the vendor, in words, after a change of it. */
export interface Registered {
  added: string[];
  removed: string[];
  kept: string[];
}

/** Our own registrations at a vendor that lets us make them; those of other programs are never touched. */
export interface Registrations {
  /**
   * Leaves one registration of each kind, for `url`; null: none. `knownUrls`: addresses that this
   * installation has ever registered, since another one may have registrations of its own.
   */
  keep(url: string | null, knownUrls: readonly string[], signal: AbortSignal): Promise<Registered>;
  /** The kinds that are not registered for this address. */
  missing(url: string, signal: AbortSignal): Promise<string[]>;
}

export interface Webhook {
  /** Whether it was proved to come from the vendor; false without a secret in the settings. */
  isSigned(poke: Poke): Promise<boolean>;
  /** Null: an early pull of everything answers it. Absent: always so. */
  changed?(poke: Poke): ChangedRecord | null;
  /** Reads the one record again, by its ID. With `changed`. */
  look?(record: ChangedRecord, clientIds: readonly SourceId[], signal: AbortSignal): Promise<Sight>;
  registrations?: Registrations;
}
