/**
 * BMS responses: an envelope with keys in either casing, refusals with status 200, and of its rows only the fields
 * in use. https://api.bms.kaseya.com/swagger/index.html
 */
import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { nameOf, uncertain, vendorText } from '../http/answers/classify.ts';
import { jsonOrNull } from '../http/answers/json.ts';
import { DecimalText, Id, optional } from '../http/answers/wire.ts';
import type { RawAnswer } from '../http/types.ts';

/** BMS documents `AccountId` and sometimes sends `accountId`: schemas use lower-case names only. */
function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (typeof value !== 'object' || value === null) return value;
  const lowered = Object.entries(value).map(([key, inner]) => [
    key.toLowerCase(),
    lowerKeys(inner),
  ]);
  return Object.fromEntries(lowered);
}

/** The `{ Success, Error, Result }` envelope. Refusals are handled earlier. */
export function resultOf<T>(schema: z.ZodType<T>) {
  const envelope = z.object({ success: z.literal(true), result: schema });
  return z.preprocess(lowerKeys, envelope).transform(({ result }) => result);
}

/** The same for a list, with the total row count if BMS gives one. */
export const ListAnswer = z
  .preprocess(
    lowerKeys,
    z.object({
      success: z.literal(true),
      result: z.array(z.unknown()).nullable(),
      totalrecords: z.int().min(0).optional(),
    }),
  )
  .transform(({ result, totalrecords }) => ({ rows: result ?? [], count: totalrecords ?? null }));

/** Codes are not documented, so texts decide. The first match applies. */
const knownRefusals = [
  {
    kind: 'rate-limited',
    text: /too many (?:requests|calls)|(?:rate|request|call|api|hourly)s? (?:limit|quota)|throttl/i,
    detail: {},
  },
  {
    kind: 'permission',
    text: /permission|access (?:is |was |has been )?denied|not authori[sz]ed|forbidden|(?:you are|user is) not (?:allowed|permitted)|access rights?\b|(?:insufficient|no) (?:access|rights|privileges)/i,
    detail: {
      fix: 'Give the API user’s security role the missing permission (see the connector’s README).',
    },
  },
  {
    kind: 'auth',
    text: /(?:invalid|wrong|incorrect) (?:user|password|credential|tenant|company name|token|grant|log ?in)|unauthori[sz]ed|(?:token|session) (?:has |is )?(?:expired|invalid)|authenticat|\bmfa\b/i,
    detail: { fix: 'Check tenant, username, password.' },
  },
  {
    kind: 'rejected',
    text: /not found|(?:does not|doesn.t|no longer) exist|no such/i,
    detail: { status: 404 },
  },
  {
    kind: 'transient',
    text: /tim(?:e|ed)[ -]?out|temporar|try again|unexpected|internal (?:server )?error|unavailable|deadlock|maintenance/i,
    detail: {},
  },
] as const;

const Refusal = z.object({ success: z.literal(false) });

/** The message of a refusal; null if there is none. */
export function refusalIn(answer: RawAnswer): string | null {
  // The text of a note may look like one: only the envelope counts.
  if (!/"success"\s*:\s*false/i.test(answer.text)) return null;
  if (!Refusal.safeParse(lowerKeys(jsonOrNull(answer.text))).success) return null;
  return vendorText(answer).replace(/^: /, '') || 'no reason';
}

/** Null: not a refusal with status 200, so the common table decides. */
export function classifyBms(answer: RawAnswer): KindError | null {
  const { status, request } = answer;
  const said = status >= 200 && status < 300 ? refusalIn(answer) : null;
  if (said === null) return null;
  const message = `${nameOf(request)} was refused: ${said}`;
  const known = knownRefusals.find(({ text }) => text.test(said));
  if (known?.kind === 'transient') return uncertain(request, message, { status });
  if (known !== undefined) return new KindError(known.kind, message, { status, ...known.detail });
  const fix =
    'See the message from BMS; the API or the tenant’s settings may have changed. Run check.';
  return new KindError('rejected', message, { status, fix });
}

const Text = z.string();
const Flag = z.boolean();

/** A reference by number; 0 means none, like a missing one. */
export const Ref = Id.nullish().transform((id) => (id == null || id === '0' ? null : id));

export const AccountWire = z.object({ id: Id, name: Text.min(1), ...optional(Flag, 'isactive') });
export type AccountWire = z.infer<typeof AccountWire>;

export const TicketWire = z.object({
  id: Id,
  accountid: Ref,
  queueid: Ref,
  ...optional(Id, 'typeid', 'sourceid', 'statusid', 'contractid'),
  ...optional(Text, 'ticketnumber', 'title'),
  ...optional(Text, 'queuename', 'typename', 'statusname', 'contractname'),
  ...optional(Text, 'completeddate', 'reopeneddate', 'lastactivityupdate', 'laststatusupdate'),
  ...optional(Text, 'createdon', 'modifiedon'),
});
export type TicketWire = z.infer<typeof TicketWire>;

export const TimeWire = z.object({
  id: Id,
  ticketid: Ref,
  accountid: Ref,
  userid: Ref,
  ...optional(Id, 'worktypeid', 'roleid'),
  ...optional(Text, 'firstname', 'lastname', 'worktype', 'role', 'notes'),
  timespent: DecimalText,
  ...optional(Flag, 'isbillable', 'isapproved'),
  startdate: Text,
  ...optional(Text, 'starttime', 'endtime', 'createdon', 'modifiedon'),
});
export type TimeWire = z.infer<typeof TimeWire>;

export const EmployeeWire = z.object({
  id: Id,
  ...optional(Text, 'firstname', 'lastname', 'emailaddress'),
});

export const InvoiceWire = z.object({
  id: Id,
  accountid: Ref,
  ...optional(Text, 'invoicenumber', 'statusname', 'invoicedate', 'createdon', 'modifiedon'),
  ...optional(DecimalText, 'grandtotal', 'paidamount', 'paymentdue'),
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

export const InvoiceLineWire = z.object({
  invoiceid: Id,
  ...optional(Text, 'name', 'description'),
  ...optional(DecimalText, 'qty', 'totalprice'),
});
export type InvoiceLineWire = z.infer<typeof InvoiceLineWire>;

export const NoteWire = z.object({
  id: Id,
  ...optional(Text, 'details'),
  ...optional(Flag, 'isinternal'),
});

export const ChargeWire = z.object({
  id: Id,
  ...optional(Text, 'description'),
  ...optional(DecimalText, 'quantity', 'price', 'amount'),
  isbillable: Flag,
});
export type ChargeWire = z.infer<typeof ChargeWire>;

export const FieldWire = z.object({ customfieldid: Id, ...optional(Text, 'name', 'data') });

/** An entry of a look-up list: queues, statuses, priorities, locations. */
export const NamedWire = z.object({
  id: z.int(),
  ...optional(Text, 'name'),
  ...optional(Flag, 'isactive', 'ismain'),
});

/** Contracts have only the account's name. */
export const ContractWire = z.object({
  id: Id,
  ...optional(Text, 'contractname', 'accountname', 'contracttype', 'status'),
});

export const ProductWire = z.object({ productindexid: z.int(), ...optional(Text, 'productname') });

export const UserWire = z.object(optional(Text, 'timestamp', 'olsontimezonename', 'currencycode'));
