// SPDX-License-Identifier: GPL-3.0-or-later
/** Operations of REST and messages of the socket, each as a section. */

import { permissionRow, resolve } from './document.js';
import { example, fold, inline, make, paragraphs } from './node.js';
import { describeSchema, kindOfParameter } from './schema.js';

function describeParameters(parameters) {
  if (parameters.length === 0) {
    return null;
  }
  const items = parameters.map((parameter) =>
    make('li', {},
      make('p', {}, make('code', { class: 'name' }, parameter.name), make('span', { class: 'tag' }, `in ${parameter.in}`),
        parameter.required ? null : make('span', { class: 'tag' }, 'optional'), ' ',
        make('span', { class: 'dim' }, kindOfParameter(parameter))),
      parameter.description ? make('p', {}, inline(parameter.description)) : null));
  return [make('h4', {}, 'Parameters'), make('ul', { class: 'members' }, items)];
}

function describeContent(content, label) {
  return Object.entries(content ?? {}).flatMap(([kind, { schema, example: given }]) => [
    make('p', { class: 'dim' }, make('code', {}, kind)),
    given !== undefined ? example(given, label) : null,
    schema !== undefined ? fold('Members', describeSchema(schema)) : null,
  ]);
}

function describeRequest(body) {
  if (body === undefined) {
    return null;
  }
  return [make('h4', {}, body.required ? 'Request' : 'Request, which may be left out'), ...describeContent(body.content, 'Example')];
}

function describeHeaders(headers) {
  const names = Object.keys(headers ?? {});
  return names.length === 0 ? null
    : make('p', { class: 'dim' }, 'With ', names.flatMap((name, index) => [index > 0 ? ', ' : '', make('code', {}, name)]), '.');
}

/** One possible answer. Problems all look alike: what tells them apart is their code. */
export function describeResponse(status, node) {
  const response = resolve(node);
  const isProblem = 'application/problem+json' in (response.content ?? {});
  const parts = isProblem ? [] : describeContent(response.content, 'Example').filter(Boolean);
  return make('li', { class: Number(status) < 400 ? 'good' : 'bad' },
    make('p', {}, make('strong', {}, status), ' ', inline(response.description)),
    describeHeaders(response.headers),
    parts);
}

/** Who may: everybody, or those with a permission; keys need a scope for it. */
function describeAccess(operation) {
  if (operation.security?.length === 0) {
    return make('span', { class: 'tag' }, 'for everybody');
  }
  const { role, scope } = permissionRow(operation['x-permission']);
  return [
    make('span', { class: 'tag' }, role === 'guest' ? 'signed in, also as a guest' : `${role} and above`),
    make('span', { class: 'tag' }, scope ? `keys: ${scope}` : 'never by key'),
  ];
}

export function describeOperation(method, path, item, operation) {
  const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => resolve(one));
  return make('section', { id: operation.operationId, class: 'operation' },
    make('h3', {}, make('span', { class: `method ${method}` }, method.toUpperCase()), ' ', make('code', {}, path)),
    make('p', { class: 'summary' }, inline(operation.summary), ' ', describeAccess(operation)),
    paragraphs(operation.description),
    describeParameters(parameters),
    describeRequest(operation.requestBody),
    make('h4', {}, 'Answers'),
    make('ul', { class: 'answers' }, Object.entries(operation.responses).map(([status, node]) => describeResponse(status, node))));
}

export function describeMessage(direction, name, message) {
  return make('section', { id: `${direction}-${name}`, class: 'operation' },
    make('h3', {}, make('span', { class: `method ${direction}` }, direction === 'publish' ? 'to server' : 'from server'), ' ',
      make('code', {}, name)),
    make('p', { class: 'summary' }, inline(message.summary)),
    paragraphs(message.description),
    (message.examples ?? []).map((one) => example(one.payload)),
    fold('Members', describeSchema(message.payload)));
}
