// SPDX-License-Identifier: GPL-3.0-or-later
/** The two documents of the contract, and where their references lead. */

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

const documents = {};

async function fetchDocument(name) {
  const reply = await fetch(`/api/v1/${name}.json`);
  if (!reply.ok) {
    throw new Error(`${name}.json: ${reply.status}`);
  }
  documents[`${name}.yaml`] = await reply.json();
  return documents[`${name}.yaml`];
}

/** From which role on one may, and with which scope a key: {role, scope?}. */
export function permissionRow(permission) {
  return documents['openapi.yaml']['x-permissions'][permission] ?? {};
}

/** Both documents: {openapi, asyncapi}. */
export async function fetchContract() {
  const [openapi, asyncapi] = await Promise.all([fetchDocument('openapi'), fetchDocument('asyncapi')]);
  return { openapi, asyncapi };
}

/** What a reference leads to; words beside the reference win. */
export function resolve(node, home = 'openapi.yaml') {
  if (node?.$ref === undefined) {
    return node;
  }
  const { $ref: reference, ...beside } = node;
  const [name, pointer] = reference.split('#/');
  const target = pointer.split('/').reduce((part, key) => part[key], documents[name || home]);
  return { ...resolve(target, name || home), ...beside };
}

/** The last part of a reference: how a schema is called. */
export function nameOf(node) {
  return node?.$ref?.split('/').at(-1) ?? null;
}
