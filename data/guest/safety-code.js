// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What two people compare to know that nobody is between them: docs/safety-code.md. The C client does the same in
 * confab-audio-safety-code.c and confab-audio-safety.c, and both have to pass the same vectors.
 */

const COMMITMENT_DOMAIN = 'Confab safety commitment 1';
const CODE_DOMAIN = 'Confab safety code 1';
const NONCE_BYTES = 16;
const NONCE_PATTERN = /^[0-9a-z]{20,64}$/;
const SYMBOL_BITS = 6;
const SYMBOLS_IN_CODE = 4;

function toHex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function hash(text) {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
}

/** A page that did not come over a secure connection gets no cryptography from its browser, and has no codes. */
export function hasCryptography() {
  return globalThis.crypto?.subtle !== undefined;
}

/** @returns {boolean} whether the other side may have said this */
export function isNonce(nonce) {
  return typeof nonce === 'string' && NONCE_PATTERN.test(nonce);
}

/** What the side that offers says of its nonce before it knows the other one's. */
export async function commit(nonce) {
  return toHex(await hash(`${COMMITMENT_DOMAIN}\n${nonce}\n`));
}

/** The fingerprint of a certificate in DER, as an SDP writes it. */
export async function fingerprintOf(certificate) {
  const digits = toHex(await crypto.subtle.digest('SHA-256', certificate)).toUpperCase();
  return digits.match(/../g).join(':');
}

/** @returns {string | null} the SHA-256 fingerprint that a session description announces */
export function announcedFingerprint(sdp) {
  return /^a=fingerprint:sha-256 ([0-9A-F:]{95})\r?$/im.exec(sdp)?.[1].toUpperCase() ?? null;
}

/**
 * @param {{fingerprint: string, nonce: string}} one - an end
 * @param {{fingerprint: string, nonce: string}} other - the other end; their order does not matter
 * @returns {Promise<number[]>} four places in the list of symbols
 */
export async function derive(one, other) {
  const lines = [one, other].map(({ fingerprint, nonce }) => `${fingerprint} ${nonce}\n`).sort();
  const [high, middle, low] = new Uint8Array(await hash(`${CODE_DOMAIN}\n${lines.join('')}`));
  const bits = (high << 16) | (middle << 8) | low;
  return Array.from({ length: SYMBOLS_IN_CODE }, (_, index) => {
    const shift = SYMBOL_BITS * (SYMBOLS_IN_CODE - 1 - index);
    return (bits >> shift) & (2 ** SYMBOL_BITS - 1);
  });
}

/** @returns {{emoji: string, en: string, de: string}[]} the 64 symbols of safety-code.txt */
export function parseSymbols(list) {
  return list.trim().split('\n').map((line) => {
    const [emoji, en, de] = line.split(' ');
    return { emoji, en, de };
  });
}

/** How the two ends of one connection come to their code: commitment, nonce, reveal. */
export class SafetyExchange {
  #nonce = toHex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
  #commitment;
  #otherNonce = null;

  /** @param {string | null | undefined} commitment - what the offer brought; null when we offer */
  constructor(commitment) {
    this.#commitment = commitment;
  }

  /** What goes with our description. */
  async opening() {
    return this.#commitment === null ? commit(this.#nonce) : this.#nonce;
  }

  /** @returns {string | null} our nonce, to be revealed now that the other side is bound to its own */
  takeAnswer(nonce) {
    if (this.#commitment !== null || this.#otherNonce !== null || !isNonce(nonce)) {
      return null;
    }
    this.#otherNonce = nonce;
    return this.#nonce;
  }

  /** @returns {Promise<boolean>} false when it is another nonce than was committed to */
  async takeReveal(nonce) {
    if (this.#commitment === null || this.#otherNonce !== null) {
      return true;
    }
    if (!isNonce(nonce) || (await commit(nonce)) !== this.#commitment) {
      return false;
    }
    this.#otherNonce = nonce;
    return true;
  }

  /** @returns {Promise<number[] | null>} the code; null as long as something is missing */
  async code(ours, theirs) {
    if (this.#otherNonce === null) {
      return null;
    }
    return derive({ fingerprint: ours, nonce: this.#nonce }, { fingerprint: theirs, nonce: this.#otherNonce });
  }
}
