import type { VendorModule } from '../contract/connector.ts';
import { secretLengthMin } from '../domain/redaction.ts';
import { atValue, type Path, type Problem } from './fault.ts';
import { problemsFromIssues, unworded } from './issues.ts';
import type { ConfiguredConnection } from './loaded.ts';
import { suggestion } from './nearest.ts';
import { type Environment, lookUp } from './read/environment.ts';
import { isKeyed, keyed, textAt } from './read/raw.ts';
import { nodesAt, type SchemaNode, schemaNode } from './schema/json-schema.ts';
import { ConfigFile } from './schema/schema.ts';
import { serviceSections } from './schema/service-schema.ts';

interface ReadConnections {
  connections: Map<string, ConfiguredConnection>;
  /** The other sections with references, substituted; in them nothing is checked yet. */
  sections: Record<string, unknown>;
  /** Values of the fields that the vendors mark as secret. */
  secrets: string[];
  problems: Problem[];
  /** Redacts values that came from the environment, or should have. */
  redact(text: string): string;
}

interface KnownVendors {
  /** The vendors named in the file. */
  vendors: readonly VendorModule[];
  /** All supported vendors. */
  ids: readonly string[];
}

/** Used instead of a secret that a command without requests does not need. */
export const notGiven = '(not given to this command)';

interface Reading {
  areSecretsNeeded: boolean;
  layers: readonly Environment[];
  schema: SchemaNode;
  /** Steps of the path before the schema begins. */
  depth: number;
  /** What must not be shown, and what is shown instead. */
  hidden: Map<string, string>;
  secrets: Set<string>;
  problems: Problem[];
  /** Paths without a value, where the vendor's own error would only repeat the fault. */
  failed: Path[];
}

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const wholeReference = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

/** Substitutes `${NAME}` and lets each vendor parse its own settings. */
export function readConnections(
  raw: unknown,
  known: KnownVendors,
  layers: readonly Environment[],
  areSecretsNeeded: boolean,
  sections: Readonly<Record<string, unknown>> = {},
): ReadConnections {
  const connections = new Map<string, ConfiguredConnection>();
  const hidden = new Map<string, string>();
  const secrets = new Set<string>();
  const problems: Problem[] = [];
  for (const [name, entry] of keyed(raw)) {
    if (!isKeyed(entry)) continue;
    const path = ['connections', name];
    const vendor = findVendor(textAt(entry, 'vendor'), known, path, problems);
    const { vendor: _, ...written } = entry;
    const schema = vendor === null ? {} : schemaNode(vendor.config);
    const reading: Reading = {
      areSecretsNeeded,
      layers,
      schema,
      depth: 2,
      hidden,
      secrets,
      problems,
      failed: [],
    };
    const value = resolved(written, path, reading);
    if (vendor === null) continue;
    const parsed = vendor.config.safeParse(value, { error: unworded });
    if (parsed.success) connections.set(name, { name, vendor, settings: parsed.data });
    else {
      const found = problemsFromIssues(parsed.error.issues, {
        value,
        schema,
        path,
        mayQuote: false,
      });
      const isOwn = (problem: Problem) =>
        !reading.failed.some((place) => startsWith(problem.path, place));
      problems.push(...found.filter(isOwn));
    }
  }
  const common = { areSecretsNeeded, layers, depth: 0, hidden, secrets, problems, failed: [] };
  const given = Object.entries(sections).filter(([, section]) => section !== undefined);
  const schema = given.length === 0 ? {} : schemaNode(ConfigFile);
  const substitutedSections = Object.fromEntries(
    given.map(([name, section]) => [name, resolved(section, [name], { ...common, schema })]),
  );
  return {
    connections,
    sections: substitutedSections,
    secrets: [...secrets],
    problems,
    redact: (text) => redacted(text, hidden),
  };
}

function findVendor(
  id: string | null,
  { vendors, ids }: KnownVendors,
  path: Path,
  problems: Problem[],
): VendorModule | null {
  const vendor = vendors.find((one) => one.id === id);
  if (vendor === undefined && id !== null) {
    const message = `unknown vendor "${id}"; ${suggestion(id, ids, 'known vendors')}`;
    problems.push(atValue([...path, 'vendor'], message));
  }
  return vendor ?? null;
}

function resolved(value: unknown, path: Path, reading: Reading): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => resolved(item, [...path, index], reading));
  if (isKeyed(value)) {
    const entries = Object.entries(value).map(([key, inner]) => {
      return [key, resolved(inner, [...path, key], reading)];
    });
    return Object.fromEntries(entries);
  }
  if (value === null || value === undefined) return value;
  const isSecret = nodesAt(reading.schema, path.slice(reading.depth)).some(
    (node) => node.secret === true,
  );
  if (isSecret && !(typeof value === 'string' && wholeReference.test(value))) {
    const key = String(path.at(-1));
    const name = `${String(path[Math.max(0, reading.depth - 1)])}_${key}`
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .replace(/\W/g, '_');
    const advice = `must be a reference such as \${${name.toUpperCase()}}`;
    reading.problems.push(
      atValue(path, `${key} is a secret and must not be in this file; it ${advice}`),
    );
    reading.failed.push(path);
    if (value !== '') reading.hidden.set(String(value), '(a secret)');
    return value;
  }
  return typeof value === 'string' ? substituted(value, isSecret, path, reading) : value;
}

function substituted(text: string, isSecret: boolean, path: Path, reading: Reading): string {
  return text.replace(reference, (written, name: string) => {
    const found = lookUp(name, reading.layers);
    if ('problem' in found) {
      if (isSecret && !reading.areSecretsNeeded) {
        reading.failed.push(path);
        return notGiven;
      }
      reading.problems.push(atValue(path, found.problem));
      reading.failed.push(path);
      return written;
    }
    if (isSecret && found.value.length < secretLengthMin) {
      const message = `${name} is too short for a secret: with fewer than ${secretLengthMin} characters it cannot be redacted without garbling the logs`;
      reading.problems.push(atValue(path, message));
      reading.failed.push(path);
    }
    if (isSecret) reading.secrets.add(found.value);
    // Redacting a very short value that is not a secret (a `1`) would garble every message.
    if (isSecret || found.value.length >= 4) reading.hidden.set(found.value, written);
    return found.value;
  });
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

function redacted(text: string, hidden: ReadonlyMap<string, string>): string {
  const longestFirst = [...hidden].toSorted(([a], [b]) => b.length - a.length);
  return longestFirst.reduce((shown, [value, name]) => shown.replaceAll(value, name), text);
}

const hasReferences = new Set<string>(['connections', ...serviceSections]);
const sectionNames = [...hasReferences].join(', ').replace(/, ([^,]+)$/, ' and $1');

/** Finds `${NAME}` outside connections and the service's sections, where it is not substituted. */
export function strayReferences(raw: unknown, path: Path = []): Problem[] {
  if (typeof raw === 'string') {
    if (raw.search(reference) < 0) return [];
    return [
      atValue(
        path,
        `\${NAME} is only substituted inside ${sectionNames}; write the value itself here`,
      ),
    ];
  }
  if (Array.isArray(raw))
    return raw.flatMap((item, index) => strayReferences(item, [...path, index]));
  return keyed(raw).flatMap(([key, value]) => {
    if (path.length === 0 && hasReferences.has(key)) return [];
    return strayReferences(value, [...path, key]);
  });
}
