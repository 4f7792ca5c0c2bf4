// SPDX-License-Identifier: GPL-3.0-or-later
/** A few notes that only this page's user hears, the same as those of the app. */

const NOTES = { joined: [587.33, 880], left: [880, 587.33], recording: [739.99, 739.99, 739.99] };
const NOTE_S = 0.11;
const VOLUME = 0.08;

/**
 * @param {AudioContext} context - a running one; a suspended one stays silent
 * @param {'joined' | 'left' | 'recording'} kind
 */
export function ring(context, kind) {
  if (context.state !== 'running') {
    return;
  }
  NOTES[kind].forEach((frequency, index) => {
    const start = context.currentTime + index * NOTE_S;
    const gain = new GainNode(context, { gain: 0 });
    const note = new OscillatorNode(context, { frequency });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(VOLUME, start + 0.005);
    gain.gain.linearRampToValueAtTime(0, start + NOTE_S);
    note.connect(gain).connect(context.destination);
    note.start(start);
    note.stop(start + NOTE_S);
  });
}
