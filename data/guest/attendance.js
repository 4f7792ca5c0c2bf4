// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Who comes and goes, as people would tell it: a connection that is lost and comes back is not somebody who leaves and
 * another who joins. The app does the same in confab-attendance.c.
 */

/** A client that lost the server is back within its first pauses. */
const RETURN_MS = 15000;

/** What comes closer together is told in one sentence and rings once. */
const BURST_MS = 3000;

/** Events: `told` (detail: {kind: 'joined' | 'left' | 'returned', names: string[], isFirst: boolean}). */
export class Attendance extends EventTarget {
  #people = new Map();
  #burst = { kind: null, at: -Infinity, names: [] };
  #hasBegun = false;

  came({ user_id: user, display_name: name }) {
    const isKnown = this.#people.has(user);
    this.#add(user, name);
    this.#tell(isKnown ? 'returned' : 'joined', name);
  }

  went({ user_id: user, display_name: name }, isLost) {
    const person = this.#people.get(user);
    if (person === undefined) {
      return;
    }
    person.connections -= 1;
    if (person.connections > 0) {
      return;
    }
    if (isLost) {
      person.timer = setTimeout(() => this.#giveUp(user, name), RETURN_MS);
    } else {
      this.#giveUp(user, name);
    }
  }

  /** We are in the call, for the first time or after an outage of our own: these others are there. */
  found(participants) {
    const isNewcomer = !this.#hasBegun;
    this.#hasBegun = true;
    for (const [user, person] of this.#people) {
      person.connections = 0;
      clearTimeout(person.timer);
      person.timer = setTimeout(() => this.#giveUp(user, person.name), RETURN_MS);
    }
    for (const { user_id: user, display_name: name } of participants) {
      const isKnown = this.#people.has(user);
      this.#add(user, name);
      if (!isKnown && !isNewcomer) {
        this.#tell('joined', name);
      }
    }
  }

  close() {
    this.#people.forEach((person) => clearTimeout(person.timer));
    this.#people.clear();
  }

  #add(user, name) {
    const person = this.#people.get(user) ?? { connections: 0, timer: 0 };
    clearTimeout(person.timer);
    person.connections += 1;
    person.name = name;
    this.#people.set(user, person);
  }

  #giveUp(user, name) {
    this.#people.delete(user);
    this.#tell('left', name);
  }

  #tell(kind, name) {
    const now = performance.now();
    const isFirst = now - this.#burst.at >= BURST_MS;
    const isSame = !isFirst && this.#burst.kind === kind;
    this.#burst = { kind, at: now, names: [name, ...(isSame ? this.#burst.names : [])] };
    this.dispatchEvent(new CustomEvent('told', { detail: { kind, names: this.#burst.names, isFirst } }));
  }
}
