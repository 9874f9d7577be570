import { isKindError } from '../../../src/domain/errors.ts';

/** What a request asked for, or null where the vendor says that there is no such thing (404). */
export async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isKindError(error, 'rejected') && error.status === 404) return null;
    throw error;
  }
}
