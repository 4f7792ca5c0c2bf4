// SPDX-License-Identifier: GPL-3.0-or-later
/** Holds the guest page's safety code against the vectors that the C client has to pass: MODULE LIST VECTORS. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const [module, list, vectors] = process.argv.slice(2);
const { commit, derive, isNonce, parseSymbols, SafetyExchange } = await import(pathToFileURL(module));

const symbols = parseSymbols(await readFile(list, 'utf8'));
assert.equal(symbols.length, 64);
for (const language of ['emoji', 'en', 'de']) {
  assert.equal(new Set(symbols.map((symbol) => symbol[language])).size, 64, language);
}

const rows = (await readFile(vectors, 'utf8')).trim().split('\n').map((line) => line.split('\t'));
assert.equal(rows.length, 5);
for (const [fingerprint, nonce, otherFingerprint, otherNonce, commitment, words] of rows) {
  const one = { fingerprint, nonce };
  const other = { fingerprint: otherFingerprint, nonce: otherNonce };
  const say = (places) => places.map((place) => symbols[place].en).join(' ');
  assert.ok(isNonce(nonce));
  assert.equal(await commit(nonce), commitment);
  assert.equal(say(await derive(one, other)), words);
  assert.equal(say(await derive(other, one)), words);
}

const a = new SafetyExchange(null);
const b = new SafetyExchange(await a.opening());
const revealed = a.takeAnswer(await b.opening());
assert.equal(a.takeAnswer(await b.opening()), null, 'a second answer');
assert.equal(await b.takeReveal('abcdefghijklmnopqrstuvwxyz'), false, 'a broken promise');
assert.equal(await b.takeReveal(revealed), true);
assert.deepEqual(await a.code('AA', 'BB'), await b.code('BB', 'AA'));
assert.notDeepEqual(await a.code('AA', 'E1'), await b.code('BB', 'E2'), 'somebody in between');
