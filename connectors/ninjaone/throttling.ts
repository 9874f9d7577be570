import type { KindError } from '../../src/domain/errors.ts';
import { isHtml, nameOf, uncertain } from '../http/classify.ts';
import type { RawAnswer } from '../http/types.ts';

/**
 * NinjaOne speaks JSON, its refusals too. A web page comes from what stands before it and holds callers
 * back, whatever its status: a 403 of that kind says nothing about permissions.
 */
export function throttlingOf(answer: RawAnswer): KindError | null {
  const { status, request } = answer;
  if (!isHtml(answer)) return null;
  return uncertain(request, `${nameOf(request)} answered with a web page (${status}).`, {
    status,
    fix: 'NinjaOne may be throttling or down, or baseUrl is not that of your tenant.',
  });
}
