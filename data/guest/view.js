// SPDX-License-Identifier: GPL-3.0-or-later
/** What is on the screen. Names and titles come from strangers: they become text nodes and nothing else. */

import { language, text } from './i18n.js';

const LINK_WORDS = { joining: 'connecting', live: 'connected', reconnecting: 'reconnecting' };
const AVATAR_COLOURS = 8;
const SEGMENTS = globalThis.Intl?.Segmenter ? new Intl.Segmenter(language, { granularity: 'grapheme' }) : null;

function element(id) {
  return document.getElementById(id);
}

/** Writes only what changed, so that screen readers and selections are left in peace. */
function setText(node, words) {
  if (node.textContent !== words) {
    node.textContent = words;
  }
}

function firstCharacter(word) {
  return SEGMENTS === null ? [...word][0] : [...SEGMENTS.segment(word)][0].segment;
}

function initialsOf(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => firstCharacter(word).toLocaleUpperCase(language)).join('');
}

function colourOf(name) {
  const sum = [...name].reduce((hash, character) => (hash * 31 + character.codePointAt(0)) % 65521, 7);
  return sum % AVATAR_COLOURS;
}

/** The time as 4:05 or 1:04:05. */
export function formatDuration(ms) {
  const seconds = Math.floor(ms / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  const [first, ...rest] = hours > 0 ? [hours, ...parts] : parts;
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

/** One participant in the roster. */
class Tile {
  #avatar = document.createElement('span');
  #name = document.createElement('span');
  #condition = document.createElement('span');
  #safety = document.createElement('details');
  #safetyHint = document.createElement('p');
  #safetyCode = document.createElement('ul');
  #quality = document.createElement('details');
  #grade = document.createElement('summary');
  #figures = document.createElement('dl');
  #level = '';

  constructor(participant) {
    this.node = document.createElement('li');
    this.node.className = 'tile';
    this.node.dataset.participant = participant.id;
    this.#avatar.className = `avatar colour-${colourOf(participant.display_name)}`;
    this.#avatar.setAttribute('aria-hidden', 'true');
    this.#avatar.textContent = initialsOf(participant.display_name);
    this.#name.className = 'name';
    this.#name.dir = 'auto';
    this.#condition.className = 'condition';
    this.#addSafety();
    this.#quality.className = 'quality';
    this.#quality.hidden = true;
    this.#quality.append(this.#grade, this.#figures);
    this.node.append(this.#avatar, this.#name, this.#condition, this.#quality, this.#safety);
    [this.#quality, this.#safety].forEach((one) => one.addEventListener('toggle', () => this.#onToggle()));
  }

  #onToggle() {
    this.node.classList.toggle('open', this.#quality.open || this.#safety.open);
  }

  #addSafety() {
    const summary = document.createElement('summary');
    summary.textContent = text('safetyCode');
    this.#safety.className = 'safety';
    this.#safety.hidden = true;
    this.#safety.append(summary, this.#safetyHint, this.#safetyCode);
  }

  /** @param {{emoji: string, name: string}[]} symbols - none: there is no code */
  setSafety(name, symbols) {
    const words = symbols.map((symbol) => symbol.name).join(' ');
    setText(this.#safetyHint, text('safetyHint', { name }));
    this.#safety.hidden = symbols.length === 0;
    if (this.#safety.dataset.code === words) {
      return;
    }
    this.#safety.dataset.code = words;
    this.#safetyCode.replaceChildren(
      ...symbols.map((symbol) => {
        const item = document.createElement('li');
        const emoji = document.createElement('span');
        emoji.textContent = symbol.emoji;
        emoji.setAttribute('aria-hidden', 'true');
        item.append(emoji, symbol.name);
        return item;
      }),
    );
  }

  /**
   * @param {string | null} grade - key of the word; null: nothing is known
   * @param {[string, string][]} figures - names and values, only looked at when the grade is there
   */
  setQuality(grade, figures) {
    this.#quality.hidden = grade === null;
    if (grade === null) {
      return;
    }
    this.node.classList.toggle('poor', grade === 'qualityPoor');
    setText(this.#grade, text(grade));
    if (this.#figures.children.length !== 2 * figures.length) {
      this.#figures.replaceChildren(...figures.flatMap(() => ['dt', 'dd'].map((name) => document.createElement(name))));
    }
    figures.flat().forEach((words, index) => setText(this.#figures.children[index], words));
  }

  setName(name) {
    setText(this.#name, name);
    this.#name.title = name; /* a very long one is cut off on the screen */
  }

  /** @param {string | null} key - of the words under the name */
  setCondition(key) {
    this.node.classList.toggle('speaking', key === 'speaking');
    this.node.classList.toggle('failed', key === 'peerFailed');
    setText(this.#condition, key === null ? '' : text(key));
  }

  /** @param {number} level - 0 to 1 */
  setLevel(level) {
    const rounded = level.toFixed(1);
    if (rounded !== this.#level) {
      this.#level = rounded;
      this.#avatar.style.setProperty('--level', rounded);
    }
  }
}

/**
 * Events: `join` (detail: the name), `leave`, `mute`, `retry-microphone`, `unblock`, `again`.
 */
export class View extends EventTarget {
  #tiles = new Map();

  constructor() {
    super();
    document.documentElement.lang = language;
    document.querySelectorAll('[data-text]').forEach((node) => setText(node, text(node.dataset.text)));
    document.querySelector('footer').setAttribute('aria-label', text('controls'));
    element('mute').title = text('muteHint');
    element('fallback').remove();
    document.querySelectorAll('.dismiss').forEach((button) => this.#makeDismiss(button));
    element('join-form').addEventListener('submit', (event) => this.#onSubmit(event));
    for (const id of ['leave', 'mute', 'retry-microphone', 'unblock', 'again']) {
      element(id).addEventListener('click', () => this.dispatchEvent(new Event(id)));
    }
    element('muted-unmute').addEventListener('click', () => this.#unmute());
    document.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Where audio elements may live. */
  get speakers() {
    return element('speakers');
  }

  showJoin(name) {
    this.#show('join-view');
    this.setJoining(null);
    element('name').value = name;
    element('name').focus();
  }

  /** @param {string | null} words - what is being done; null when the form waits for the user */
  setJoining(words) {
    element('join').disabled = words !== null;
    element('name').disabled = words !== null;
    setText(element('join-progress'), words ?? '');
    if (words !== null) {
      setText(element('join-error'), '');
    }
  }

  showJoinError(words) {
    this.#show('join-view');
    this.setJoining(null);
    setText(element('join-error'), words);
    element('join').focus();
  }

  showCall(title) {
    this.#show('call-view');
    this.setTitle(title);
    element('call-title').focus();
  }

  setTitle(title) {
    setText(element('call-title'), title);
    document.title = `${title} – Confab`;
  }

  /** @param {string} words - who may record */
  setRecordingPolicy(words) {
    setText(element('recording-policy'), words);
  }

  /** @param {boolean} canReturn - whether joining again makes sense */
  showEnd(heading, words, canReturn) {
    this.#show('end-view');
    document.title = 'Confab';
    setText(element('end-heading'), heading);
    setText(element('end-words'), words);
    element('again').hidden = !canReturn;
    element('end-heading').focus();
    this.#tiles.clear();
    element('roster').replaceChildren();
    element('announcements').replaceChildren();
  }

  /** @param {string} state - of the Call */
  setLinkState(state) {
    const chip = element('link-state');
    chip.classList.toggle('live', state === 'live');
    chip.classList.toggle('waiting', state === 'reconnecting');
    setText(chip, LINK_WORDS[state] === undefined ? '' : text(LINK_WORDS[state]));
  }

  setMuted(isMuted) {
    element('mute').classList.toggle('muted', isMuted);
    setText(element('mute-label'), text(isMuted ? 'unmute' : 'mute'));
    if (!isMuted) {
      this.setTalkingMuted(false);
    }
  }

  /** @param {boolean} isTalking - into a microphone that nobody hears */
  setTalkingMuted(isTalking) {
    element('muted-notice').hidden = !isTalking;
  }

  /** @param {string | null} words - why nobody hears us */
  setMicrophoneProblem(words, canRetry = true) {
    this.#setNotice('microphone-notice', 'microphone-words', words);
    element('retry-microphone').hidden = !canRetry;
    element('mute').hidden = words !== null;
    this.setTalkingMuted(false);
  }

  setBlocked(isBlocked) {
    element('blocked-notice').hidden = !isBlocked;
  }

  /**
   * Each kind of notice has a place of its own, so that none hides another.
   *
   * @param {'trust' | 'link' | 'relay' | 'call'} kind
   * @param {string | null} words - null takes them away
   */
  setNotice(kind, words) {
    this.#setNotice(`${kind}-notice`, `${kind}-words`, words);
  }

  /** @param {string | null} words - who records the call */
  setRecording(words) {
    this.#setNotice('recording-notice', 'recording-words', words);
  }

  setElapsed(ms) {
    setText(element('timer'), formatDuration(ms));
  }

  /** Says something to those who listen to the screen. */
  announce(words) {
    const line = document.createElement('span');
    line.textContent = words;
    element('announcements').replaceChildren(line);
  }

  /**
   * @param {object[]} participants - in the order of the tiles
   * @param {string} selfId
   */
  showRoster(participants, selfId) {
    const ids = new Set(participants.map((participant) => participant.id));
    for (const [id, tile] of this.#tiles) {
      if (!ids.has(id)) {
        tile.node.remove();
        this.#tiles.delete(id);
      }
    }
    for (const [index, participant] of participants.entries()) {
      const { id, display_name: name } = participant;
      const tile = this.#tiles.get(id) ?? this.#addTile(participant);
      tile.setName(id === selfId ? text('you', { name }) : name);
      const place = element('roster').children[index];
      if (place !== tile.node) {
        element('roster').insertBefore(tile.node, place ?? null);
      }
    }
    setText(element('count'), text('people', { count: participants.length }));
    element('alone').hidden = participants.length > 1;
  }

  /** @param {string | null} condition - key of the words, `speaking` for the ring */
  showCondition(id, condition, level) {
    const tile = this.#tiles.get(id);
    tile?.setCondition(condition);
    tile?.setLevel(level);
  }

  showQuality(id, grade, figures) {
    this.#tiles.get(id)?.setQuality(grade, figures);
  }

  showSafety(id, name, symbols) {
    this.#tiles.get(id)?.setSafety(name, symbols);
  }

  #addTile(participant) {
    const tile = new Tile(participant);
    this.#tiles.set(participant.id, tile);
    return tile;
  }

  #show(id) {
    for (const view of ['join-view', 'call-view', 'end-view']) {
      element(view).hidden = view !== id;
    }
  }

  #setNotice(id, wordsId, words) {
    element(id).hidden = words === null;
    setText(element(wordsId), words ?? '');
  }

  #makeDismiss(button) {
    button.title = text('dismiss');
    button.setAttribute('aria-label', text('dismiss'));
    button.addEventListener('click', () => {
      button.parentElement.hidden = true;
      element('call-title').focus(); /* what had the focus is gone */
    });
  }

  #unmute() {
    this.dispatchEvent(new Event('mute'));
    element('mute').focus();
  }

  #onSubmit(event) {
    event.preventDefault();
    const name = element('name').value.trim();
    if (name === '') {
      setText(element('join-error'), text('nameMissing'));
      element('name').focus();
    } else {
      this.dispatchEvent(new CustomEvent('join', { detail: name }));
    }
  }

  #onKey(event) {
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
    if (isPlain && event.key.toLowerCase() === 'm' && !element('call-view').hidden) {
      this.dispatchEvent(new Event('mute'));
    }
  }
}
