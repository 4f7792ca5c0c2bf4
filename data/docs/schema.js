// SPDX-License-Identifier: GPL-3.0-or-later
/** A JSON Schema as a list of members that one can read. */

import { nameOf, resolve } from './document.js';
import { fold, inline, make } from './node.js';

const BOUNDS = {
  minimum: (value) => `≥ ${value}`,
  maximum: (value) => `≤ ${value}`,
  minLength: (value) => `at least ${value} characters`,
  maxLength: (value) => `at most ${value} characters`,
  minItems: (value) => `at least ${value}`,
  maxItems: (value) => `at most ${value}`,
  default: (value) => `default ${JSON.stringify(value)}`,
};

function boundsOf(schema) {
  return Object.keys(BOUNDS).filter((name) => name in schema).map((name) => BOUNDS[name](schema[name]));
}

function wordOf(value) {
  return make('code', {}, typeof value === 'string' ? value : JSON.stringify(value));
}

function choiceOf(values) {
  return values.flatMap((value, index) => (index === 0 ? [wordOf(value)] : [' or ', wordOf(value)]));
}

/** What a value is, in a few words: “string, at most 64 characters”. */
function kindOf(node) {
  const schema = resolve(node);
  if ('const' in schema) {
    return ['always ', wordOf(schema.const)];
  }
  if ('enum' in schema) {
    return schema.enum.length > 8 ? [make('em', {}, nameOf(node) ?? 'one of many')] : choiceOf(schema.enum);
  }
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives !== undefined) {
    return alternatives.flatMap((one, index) => (index === 0 ? kindOf(one) : [' or ', ...kindOf(one)]));
  }
  if (schema.type === 'array') {
    return ['list of ', ...kindOf(schema.items ?? {}), ...boundsOf(schema).map((bound) => `, ${bound}`)];
  }
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type ?? 'anything';
  return [[nameOf(node) ?? type, schema.format, ...boundsOf(schema)].filter(Boolean).join(', ')];
}

function partOf(schema) {
  const inner = schema.type === 'array' ? resolve(schema.items ?? {}) : schema;
  return inner.properties !== undefined ? inner : null;
}

function member(name, node, isRequired, seen) {
  const schema = resolve(node);
  const part = partOf(schema);
  const isKnown = part !== null && seen.includes(part.properties);
  return make(
    'li',
    {},
    make('p', {}, make('code', { class: 'name' }, name), isRequired ? null : make('span', { class: 'tag' }, 'optional'), ' ',
      make('span', { class: 'dim' }, kindOf(node))),
    schema.description ? make('p', {}, inline(schema.description)) : null,
    schema.pattern ? make('p', { class: 'dim' }, 'like ', make('code', {}, schema.pattern)) : null,
    part !== null && !isKnown ? fold('its members', members(part, seen)) : null,
  );
}

function members(schema, seen) {
  const required = schema.required ?? [];
  const deeper = [...seen, schema.properties];
  return make('ul', { class: 'members' },
    Object.entries(schema.properties).map(([name, node]) => member(name, node, required.includes(name), deeper)));
}

/** The members of an object, or what else a value may be. */
export function describeSchema(node) {
  const schema = resolve(node);
  const part = partOf(schema);
  return make(
    'div',
    { class: 'schema' },
    make('p', { class: 'dim' }, part !== null && schema.type !== 'array' ? nameOf(node) ?? 'object' : kindOf(node)),
    schema.description ? make('p', {}, inline(schema.description)) : null,
    'enum' in schema && schema.enum.length > 8 ? make('p', {}, choiceOf(schema.enum)) : null,
    part !== null ? members(part, []) : null,
  );
}

/** One line on a value, for tables of parameters. */
export function kindOfParameter(parameter) {
  return kindOf(parameter.schema);
}
