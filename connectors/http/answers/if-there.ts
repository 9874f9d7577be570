import { isKindError } from '../../../src/domain/errors.ts';

/** The response, or null on a 404. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isKindError(error, 'rejected') && error.status === 404) return null;
    throw error;
  }
}
