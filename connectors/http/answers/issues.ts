import type { ZodError } from 'zod';

/** The first schema issue: `company.id: Invalid input: expected number, …`. */
export function describeIssue(error: ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'the value does not have the expected shape';
  const path = issue.path.map(String).join('.');
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : '';
  return `${path === '' ? 'the value' : path}: ${issue.message}${more}`;
}
