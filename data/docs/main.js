// SPDX-License-Identifier: GPL-3.0-or-later
/** The page of the contract: a list to find things in, and a section for each. */

import { fetchContract, METHODS, resolve } from './document.js';
import { inline, make, paragraphs } from './node.js';
import { describeMessage, describeOperation, describeResponse } from './operation.js';
import { describeSchema } from './schema.js';

const content = document.getElementById('content');
const list = document.getElementById('list');
const hits = document.getElementById('hits');
const filter = document.getElementById('filter');
const entries = [];

/** A section with its line in the list; both are hidden when the filter does not find its words. */
function addEntry(group, section, ...label) {
  const line = make('li', {}, make('a', { href: `#${section.id}` }, ...label));
  group.lines.append(line);
  group.node.append(section);
  entries.push({ group, section, line, words: section.textContent.toLowerCase() });
}

function addGroup(id, title, description) {
  const lines = make('ul');
  const part = make('div', {}, make('h2', {}, title), lines);
  const node = make('section', { id, class: 'group' }, make('h2', {}, title), paragraphs(description));
  list.append(part);
  content.append(node);
  return { node, lines, part };
}

function operationsOf(openapi, tag) {
  return Object.entries(openapi.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]?.tags[0] === tag).map((method) => ({ method, path, item, operation: item[method] })));
}

function addOperations(openapi) {
  for (const tag of openapi.tags) {
    const group = addGroup(`tag-${tag.name}`, tag.name, tag.description);
    for (const { method, path, item, operation } of operationsOf(openapi, tag.name)) {
      const label = make('span', { class: `method ${method}` }, method.toUpperCase());
      addEntry(group, describeOperation(method, path, item, operation), label, ' ', path.replace('/api/v1', ''));
    }
  }
}

function addAnywhere(openapi) {
  const group = addGroup('anywhere', 'Anywhere', 'What any address may answer, before or instead of an operation.');
  const answers = Object.entries(openapi['x-anywhere']).map(([status, node]) => describeResponse(status, node));
  addEntry(group, make('section', { id: 'any-answer', class: 'operation' }, make('ul', { class: 'answers' }, answers)), 'answers');
  for (const name of ['Problem', 'ErrorCode']) {
    const schema = describeSchema({ $ref: `#/components/schemas/${name}` });
    addEntry(group, make('section', { id: `schema-${name}`, class: 'operation' }, make('h3', {}, name), schema), name);
  }
}

function addMessages(asyncapi) {
  const group = addGroup('signaling', 'signaling', asyncapi.info.description);
  for (const direction of ['publish', 'subscribe']) {
    for (const node of asyncapi.channels['/api/v1/signaling'][direction].message.oneOf) {
      const name = node.$ref.split('/').at(-1);
      const arrow = make('span', { class: `method ${direction}` }, direction === 'publish' ? '→' : '←');
      addEntry(group, describeMessage(direction, name, resolve(node, 'asyncapi.yaml')), arrow, ' ', name);
    }
  }
}

function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  const groups = new Map();
  for (const { group, section, line, words: text } of entries) {
    const isFound = words.every((word) => text.includes(word));
    section.hidden = line.hidden = !isFound;
    count += isFound ? 1 : 0;
    groups.set(group, (groups.get(group) ?? false) || isFound);
  }
  for (const [group, isShown] of groups) {
    group.node.hidden = group.part.hidden = !isShown;
  }
  hits.textContent = words.length > 0 ? `${count} of ${entries.length}` : '';
}

function show({ openapi, asyncapi }) {
  const head = make('section', { class: 'group' }, make('p', { class: 'summary' }, inline(openapi.info.summary)));
  head.append(...paragraphs(openapi.info.description));
  content.replaceChildren(head);
  addOperations(openapi);
  addAnywhere(openapi);
  addMessages(asyncapi);
  filter.addEventListener('input', applyFilter);
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

try {
  show(await fetchContract());
} catch (error) {
  document.getElementById('state').textContent = `The contract did not arrive: ${error.message}. Please reload the page.`;
}
