// SPDX-License-Identifier: GPL-3.0-or-later
/** Notices that somebody speaks and does not know that they are muted. The app does the same in confab-audio-mute-watch.c. */

/** A cough is shorter. */
const SPEECH_MS = 1000;

/** Silence takes away as much as half the time of speech gave. */
const FORGET = 2;

/** Timers of a page in the background come once a second: what was between two looks is not known. */
const LONGEST_LOOK_MS = 200;

export class MuteWatch {
  #speechMs = 0;
  #lookedAt = 0;
  #isSaid = false;

  /**
   * To be called some times a second.
   *
   * @param {boolean} isMuted
   * @param {boolean} isSpeaking - into the microphone, heard or not
   * @param {number} now - ms
   * @returns {boolean} true once a mute: it is time to say so
   */
  look(isMuted, isSpeaking, now) {
    const passedMs = Math.min(now - this.#lookedAt, LONGEST_LOOK_MS);
    this.#lookedAt = now;
    if (!isMuted) {
      this.#speechMs = 0;
      this.#isSaid = false;
      return false;
    }
    this.#speechMs = Math.max(0, this.#speechMs + (isSpeaking ? passedMs : -passedMs / FORGET));
    if (this.#isSaid || this.#speechMs < SPEECH_MS) {
      return false;
    }
    this.#isSaid = true;
    return true;
  }
}
