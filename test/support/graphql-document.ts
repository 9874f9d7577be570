/** As much of the GraphQL language as the connectors write: one operation, aliases, plain arguments. */

export interface Selection {
  name: string;
  alias: string;
  /** A variable's name as `$input`, or a text. */
  args: Readonly<Record<string, string>>;
  fields: readonly Selection[];
}

export interface ParsedDocument {
  kind: 'query' | 'mutation';
  name: string;
  /** `ListInfoInput!` by the variable's name. */
  variables: Readonly<Record<string, string>>;
  fields: readonly Selection[];
}

/** Throws SyntaxError. */
export function parseDocument(text: string): ParsedDocument {
  const tokens = text.match(/"[^"]*"|\$?[A-Za-z_]\w*|[(){}[\]:!]/g) ?? [];
  let at = 0;
  const peek = (): string => tokens[at] ?? '';
  const next = (wanted?: RegExp): string => {
    const token = peek();
    if (wanted !== undefined && !wanted.test(token)) {
      throw new SyntaxError(`Invalid syntax: "${token}" at token ${at}.`);
    }
    at += 1;
    return token;
  };

  const kind = next(/^(?:query|mutation)$/) as ParsedDocument['kind'];
  const name = next(/^\w+$/);
  const variables: Record<string, string> = {};
  if (peek() === '(') {
    next();
    while (peek() !== ')') {
      const variable = next(/^\$/).slice(1);
      next(/^:$/);
      let type = '';
      while (/^[\w[\]!]/.test(peek())) type += next();
      variables[variable] = type;
    }
    next();
  }
  const fields = selections();
  if (at !== tokens.length) throw new SyntaxError('Invalid syntax: more than one operation.');
  return { kind, name, variables, fields };

  function selections(): Selection[] {
    next(/^\{$/);
    const found: Selection[] = [];
    while (peek() !== '}') {
      const first = next(/^[A-Za-z_]\w*$/);
      let field = first;
      if (peek() === ':') {
        next();
        field = next(/^\w+$/);
      }
      const args: Record<string, string> = {};
      if (peek() === '(') {
        next();
        while (peek() !== ')') {
          const arg = next(/^\w+$/);
          next(/^:$/);
          args[arg] = next(/^["$]/).replace(/^"|"$/g, '');
        }
        next();
      }
      found.push({ name: field, alias: first, args, fields: peek() === '{' ? selections() : [] });
    }
    next();
    return found;
  }
}
