/** Zod types for the wire: IDs, decimals and timestamps. */
import { z } from 'zod';
import { type Instant, instantFromMs, instantFromText } from '../../../src/domain/time.ts';

/** A vendor's ID, number or text, as text. */
export const Id = z.union([z.int(), z.string().trim().min(1)]).transform(String);

/** A name or number for reports alone: an odd one must not keep the row from being charged. */
export const Label = Id.nullish().catch(null);

/** A field that may be missing or null: both mean "not known". */
export function known<T>(schema: z.ZodType<T>) {
  return schema.nullish().transform((value) => value ?? null);
}

/** Fields that may be missing or null: `...optional(Id, 'companyID', 'queueID')`. */
export function optional<T extends z.ZodType, Name extends string>(schema: T, ...names: Name[]) {
  const entries = names.map((name) => [name, schema.nullish()]);
  return Object.fromEntries(entries) as Record<Name, z.ZodOptional<z.ZodNullable<T>>>;
}

/** A decimal as exact plain text: `1.25`, `-0.5`, `3`. An exponent is written out. */
export const DecimalText = z.union([z.number(), z.string()]).transform((value, ctx): string => {
  const text = plainDecimal(String(value));
  return text ?? refuse(ctx, `"${value}" is not a decimal number`);
});

function refuse(ctx: z.RefinementCtx, message: string) {
  ctx.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** ISO 8601 text with a zone or offset. Without one it is refused, never guessed. */
export const WireInstant = instantBy((text) => text, 'a timestamp with a zone (ISO 8601)');

/** ISO 8601 text of a vendor that omits the zone but means UTC. */
export const UtcInstant = instantBy(
  (text) => (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`),
  'a timestamp (ISO 8601)',
);

function instantBy(zoned: (text: string) => string, what: string) {
  return z.string().transform((text, ctx): Instant => {
    try {
      return instantFromText(zoned(text));
    } catch {
      return refuse(ctx, `"${text}" is not ${what}`);
    }
  });
}

/** Seconds since the epoch, fractions allowed. Truncated to the millisecond. */
export const EpochSeconds = DecimalText.transform((text, ctx) => epochInstant(text, 3, ctx));

/** Milliseconds since the epoch. Fractions are truncated. */
export const EpochMs = DecimalText.transform((text, ctx) => epochInstant(text, 0, ctx));

const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

function epochInstant(text: string, msDigits: number, ctx: z.RefinementCtx): Instant {
  const [whole = '', fraction = ''] = text.split('.');
  const ms = Number(whole + fraction.slice(0, msDigits).padEnd(msDigits, '0'));
  if (ms >= 0 && ms <= lastMs) return instantFromMs(ms);
  const unit = msDigits === 0 ? 'milliseconds' : 'seconds';
  return refuse(ctx, `${text} is not a number of ${unit} between 1970 and 9999`);
}

/** `7.50` and 7.5 are equal; anything but a number is compared as is. */
export function isSameValue(shown: unknown, wanted: unknown): boolean {
  return plainValue(shown) === plainValue(wanted);
}

function plainValue(value: unknown): string {
  const parsed = DecimalText.safeParse(value);
  if (!parsed.success) return JSON.stringify(value ?? null);
  return parsed.data.includes('.') ? parsed.data.replace(/\.?0+$/, '') : parsed.data;
}

const decimal = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

function plainDecimal(text: string): string | null {
  const match = decimal.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent] = match;
  const minus = sign === '-' ? '-' : '';
  if (exponent === undefined) return minus + whole + (fraction === '' ? '' : `.${fraction}`);
  const pointAt = whole.length + Number(exponent);
  const digits = (whole + fraction).padStart(whole.length + fraction.length - pointAt + 1, '0');
  const shift = digits.length - (whole + fraction).length;
  const padded = digits.padEnd(pointAt + shift, '0');
  const head = padded.slice(0, pointAt + shift);
  const tail = padded.slice(pointAt + shift);
  return minus + (head === '' ? '0' : head) + (tail === '' ? '' : `.${tail}`);
}
