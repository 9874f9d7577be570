/** What a refusal means: BMS answers `Success: false`, with the status 200 and a text for people. */
import { z } from 'zod';
import { KindError } from '../../src/domain/errors.ts';
import { nameOf, uncertain } from '../http/classify.ts';
import type { RawAnswer } from '../http/types.ts';
import { lowerKeys } from './casing.ts';

type Meaning = 'credentials' | 'permission' | 'missing' | 'too-many' | 'transient' | 'validation';

/** Codes are not documented; those that are an HTTP status mean what the status does. */
const byCode: Readonly<Record<number, Meaning>> = {
  401: 'credentials',
  403: 'permission',
  404: 'missing',
  429: 'too-many',
};

/** The first that fits. What fits none is a refusal of what was asked. */
const byText: readonly [Meaning, RegExp][] = [
  [
    'too-many',
    /too many (?:requests|calls)|(?:rate|request|call|api|hourly)s? (?:limit|quota)|throttl/i,
  ],
  [
    'permission',
    /permission|access (?:is |was |has been )?denied|not authori[sz]ed|forbidden|(?:you are|user is) not (?:allowed|permitted)|access rights?\b|(?:insufficient|no) (?:access|rights|privileges)/i,
  ],
  [
    'credentials',
    /(?:invalid|wrong|incorrect) (?:user|password|credential|tenant|company name|token|grant|log ?in)|unauthori[sz]ed|(?:token|session) (?:has |is )?(?:expired|invalid)|authenticat|\bmfa\b/i,
  ],
  ['missing', /not found|(?:does not|doesn.t|no longer) exist|no such/i],
  [
    'transient',
    /tim(?:e|ed)[ -]?out|temporar|try again|unexpected|internal (?:server )?error|unavailable|deadlock|maintenance/i,
  ],
];

const Refusal = z.object({
  success: z.literal(false),
  error: z
    .object({
      code: z.coerce.number().catch(0),
      message: z.string().nullish().catch(null),
      details: z.string().nullish().catch(null),
      suberrors: z.array(z.string()).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

/** What BMS says where it refuses; null where it does not. */
export function refusalIn(text: string): { meaning: Meaning; said: string } | null {
  if (!/"success"\s*:\s*false/i.test(text)) return null;
  const refusal = Refusal.safeParse(lowerKeys(jsonOf(text))).data;
  if (refusal === undefined) return null;
  const { code = 0, message, details, suberrors } = refusal.error ?? {};
  const said = [message, details, ...(suberrors ?? [])].filter((part) => part).join('; ');
  const fitting = byText.find(([, pattern]) => pattern.test(said))?.[0];
  const meaning = byCode[code] ?? fitting ?? (code >= 500 ? 'transient' : 'validation');
  return { meaning, said: oneLine(said) || `no reason (code ${code})` };
}

/** Null: no refusal in a good status, so the common table decides. */
export function classifyBms(answer: RawAnswer): KindError | null {
  const refusal = answer.status >= 200 && answer.status < 300 ? refusalIn(answer.text) : null;
  if (refusal === null) return null;
  const { status, request } = answer;
  const message = `${nameOf(request)} was refused: ${refusal.said}`;
  switch (refusal.meaning) {
    case 'credentials':
      return new KindError('auth', message, { status, fix: 'Check tenant, username, password.' });
    case 'permission':
      return new KindError('permission', message, {
        status,
        fix: 'Give the API user’s security role what it lacks (see the connector’s README).',
      });
    case 'missing':
      return new KindError('rejected', message, { status: 404 });
    case 'too-many':
      return new KindError('rate-limited', message, { status });
    case 'transient':
      return uncertain(request, message, { status });
    case 'validation':
      return new KindError('rejected', message, {
        status,
        fix: 'See what BMS says; the API or the tenant’s settings may have changed. Run check.',
      });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}
