import type { DateText, Instant } from '../../domain/time.ts';

export interface ClientStore {
  /**
   * Assigns every configured client its permanent ID: the one that any of its vendor IDs already
   * has, or a new one made from the name. Returns the IDs in the given order. Throws `config` if
   * two of a client's vendor IDs belong to different known clients, or if two configured clients
   * claim the same one and the last known name does not decide it.
   */
  assignClientIds(
    clients: readonly {
      name: string;
      sourceIds: ReadonlyMap<string, string>;
      formerIds: ReadonlyMap<string, string>;
      /** The client whose blocks pay; null: its own. */
      paidBy: { name: string } | null;
    }[],
    at: Instant,
  ): Promise<string[]>;
}

/** A written agreement that a client accepted. Never changed, never removed. */
export interface AcceptedAgreement {
  clientId: string;
  /** Counted per client, from 1. */
  version: number;
  /** Everything in the document that came from the config, as canonical JSON. */
  terms: string;
  /** SHA-256, as are the other two hashes. */
  termsHash: string;
  html: string;
  htmlHash: string;
  text: string;
  textHash: string;
  /** The day on the document. */
  datedOn: DateText;
  acceptedOn: DateText;
  /** Where the signed document is. */
  evidence: string;
  /** Who signed for the client; null: not entered. */
  acceptedBy: string | null;
  recordedAt: Instant;
  runId: string;
}

/** Without the document, which has the MSP's logo in it. */
export type Acceptance = Omit<AcceptedAgreement, 'html' | 'text'>;

export interface AgreementStore {
  /**
   * Adds the acceptance. Throws `config` if its version is not the client's next one, as when another
   * process recorded one meanwhile.
   */
  addAcceptedAgreement(agreement: AcceptedAgreement): Promise<void>;
  /** Of all clients, oldest version first. */
  listAcceptances(): Promise<Acceptance[]>;
  readAcceptedAgreement(clientId: string, version: number): Promise<AcceptedAgreement | null>;
}
