// SPDX-License-Identifier: GPL-3.0-or-later
/** The page's words in the languages it knows. English stands where a translation is missing. */

const ENGLISH = {
  joinHeading: 'Join the call',
  joinHint: 'Nothing to install and no account. Your voice goes straight to the others.',
  nameLabel: 'Your name',
  nameMissing: 'Please enter a name, so that the others know who you are.',
  join: 'Join',
  joining: 'Joining…',
  askingMicrophone: 'Please allow the microphone when your browser asks.',
  untitled: 'Call',
  rosterHeading: 'Who is here',
  people_one: '{count} person',
  people_other: '{count} people',
  you: '{name} (you)',
  alone: 'Nobody else is here yet. You will hear the others as soon as they join.',
  speaking: 'Speaking',
  muted: 'Muted',
  onHold: 'On hold',
  deafened: 'Cannot hear',
  listening: 'Listening only',
  handRaised: 'Hand raised',
  peerConnecting: 'Connecting…',
  peerRebuilding: 'Reconnecting…',
  mute: 'Mute',
  unmute: 'Unmute',
  muteHint: 'Shortcut: M',
  controls: 'Call controls',
  leave: 'Leave',
  youAreMuted: 'You are muted.',
  youAreUnmuted: 'You are no longer muted.',
  hasJoined: '{name} has joined.',
  hasLeft: '{name} has left.',
  hasReturned: '{name} is back.',
  hasJoinedMany_one: '{name} and one other have joined.',
  hasJoinedMany_other: '{name} and {count} others have joined.',
  hasLeftMany_one: '{name} and one other have left.',
  hasLeftMany_other: '{name} and {count} others have left.',
  hasReturnedMany_one: '{name} and one other are back.',
  hasReturnedMany_other: '{name} and {count} others are back.',
  qualityGood: 'Good connection',
  qualityFair: 'Fair connection',
  qualityPoor: 'Poor connection',
  mouthToEar: 'Mouth to ear',
  roundTrip: 'Round trip',
  jitter: 'Jitter',
  lost: 'Lost',
  bitRate: 'Bit rate',
  way: 'Way',
  direct: 'Direct',
  throughRelay: 'Through a relay',
  score: 'Score',
  isRecording: '{name} is recording this call.',
  areRecording_one: '{name} and one other are recording this call.',
  areRecording_other: '{name} and {count} others are recording this call.',
  safetyCode: 'Safety code',
  safetyHint: 'Compare these words with {name} aloud. When they are the same, nobody listens in between.',
  safetyChanged: 'The safety code with {name} has changed. Compare the new words with them.',
  untrusted:
    'Warning: the connection to {name} does not lead to them. Somebody may be listening in between, so it was ended.',
  connecting: 'Connecting…',
  connected: 'Connected',
  reconnecting: 'Reconnecting…',
  retryMicrophone: 'Use the microphone',
  microphoneRefused:
    'The microphone was refused, so you can only listen. Allow it in the browser’s settings for this page to be heard.',
  microphoneAbsent: 'No microphone was found, so you can only listen. Plug one in to be heard.',
  microphoneBusy: 'The microphone could not be opened; another program may be using it. You can only listen for now.',
  microphoneInsecure:
    'This page was not opened over a secure connection (https), so the browser gives it no microphone. You can only listen.',
  microphoneLost: 'The microphone is gone. The others cannot hear you until you choose to use it again.',
  blockedWords: 'Your browser keeps the sound back until you ask for it.',
  unblock: 'Hear the call',
  endingSoon_one: 'This call ends in {count} minute.',
  endingSoon_other: 'This call ends in {count} minutes.',
  serverRestarting: 'The server is restarting. You will be back in the call by yourself in a moment.',
  again: 'Join again',
  leftHeading: 'You left the call',
  leftWords: 'You can close this page now, or join again.',
  overHeading: 'The call is over',
  lostHeading: 'The connection is lost',
  tooOldHeading: 'This browser is too old',
  tooOldWords: 'It cannot make calls. Please open the link in a current Firefox, Chromium, Chrome, Edge or Safari.',
  'ended-by-host': 'The host has ended it for everybody.',
  expired: 'Its time has run out.',
  'too-long': 'It has lasted as long as a call may last.',
  empty: 'Everybody had left.',
  'call-over': 'This call is over. Ask whoever invited you for a new link.',
  'no-such-call': 'There is no call behind this link. Please check it, or ask for a new one.',
  'call-full': 'This call is full. Try again when somebody has left.',
  'not-allowed': 'You may not join this call.',
  'bad-origin': 'The server does not accept this address of the page. Please open the link as you got it.',
  'too-many': 'Too many attempts in a short time. Please wait a minute and try again.',
  replaced: 'You have joined this call somewhere else.',
  restarting: 'The server is restarting. Please try again in a moment.',
  unavailable: 'The server has a moment’s trouble. Please try again in a few seconds.',
  unreachable: 'The server cannot be reached. Please check your connection and try again.',
  failed: 'Something went wrong. Please try again.',
};

const GERMAN = {
  joinHeading: 'Am Anruf teilnehmen',
  joinHint: 'Nichts zu installieren, kein Konto. Deine Stimme geht direkt zu den anderen.',
  nameLabel: 'Dein Name',
  nameMissing: 'Bitte gib einen Namen ein, damit die anderen wissen, wer du bist.',
  join: 'Teilnehmen',
  joining: 'Trete bei…',
  askingMicrophone: 'Bitte erlaube das Mikrofon, wenn der Browser fragt.',
  untitled: 'Anruf',
  rosterHeading: 'Wer hier ist',
  people_one: '{count} Person',
  people_other: '{count} Personen',
  you: '{name} (du)',
  alone: 'Noch ist niemand sonst hier. Du hörst die anderen, sobald sie da sind.',
  speaking: 'Spricht',
  muted: 'Stumm',
  onHold: 'Gehalten',
  deafened: 'Hört nichts',
  listening: 'Hört nur zu',
  handRaised: 'Hebt die Hand',
  peerConnecting: 'Verbinde…',
  peerRebuilding: 'Verbinde neu…',
  mute: 'Mikrofon aus',
  unmute: 'Mikrofon an',
  muteHint: 'Taste: M',
  controls: 'Steuerung des Anrufs',
  leave: 'Verlassen',
  youAreMuted: 'Du bist stumm geschaltet.',
  youAreUnmuted: 'Du bist nicht mehr stumm.',
  hasJoined: '{name} ist beigetreten.',
  hasLeft: '{name} ist gegangen.',
  hasReturned: '{name} ist wieder da.',
  hasJoinedMany_one: '{name} und eine weitere Person sind beigetreten.',
  hasJoinedMany_other: '{name} und {count} weitere sind beigetreten.',
  hasLeftMany_one: '{name} und eine weitere Person sind gegangen.',
  hasLeftMany_other: '{name} und {count} weitere sind gegangen.',
  hasReturnedMany_one: '{name} und eine weitere Person sind wieder da.',
  hasReturnedMany_other: '{name} und {count} weitere sind wieder da.',
  qualityGood: 'Gute Verbindung',
  qualityFair: 'Mäßige Verbindung',
  qualityPoor: 'Schlechte Verbindung',
  mouthToEar: 'Vom Mund zum Ohr',
  roundTrip: 'Hin und zurück',
  jitter: 'Schwankung',
  lost: 'Verloren',
  bitRate: 'Bitrate',
  way: 'Weg',
  direct: 'Direkt',
  throughRelay: 'Über einen Vermittler',
  score: 'Wertung',
  isRecording: '{name} nimmt diesen Anruf auf.',
  areRecording_one: '{name} und eine weitere Person nehmen diesen Anruf auf.',
  areRecording_other: '{name} und {count} weitere nehmen diesen Anruf auf.',
  safetyCode: 'Sicherheitscode',
  safetyHint: 'Vergleiche diese Wörter laut mit {name}. Sind sie gleich, hört niemand dazwischen mit.',
  safetyChanged: 'Der Sicherheitscode mit {name} hat sich geändert. Vergleicht die neuen Wörter.',
  untrusted:
    'Warnung: Die Verbindung zu {name} führt nicht dorthin. Vielleicht hört jemand dazwischen mit, darum wurde sie beendet.',
  connecting: 'Verbinde…',
  connected: 'Verbunden',
  reconnecting: 'Verbinde neu…',
  retryMicrophone: 'Mikrofon benutzen',
  microphoneRefused:
    'Das Mikrofon wurde abgelehnt, du kannst nur zuhören. Erlaube es in den Einstellungen des Browsers für diese Seite, um gehört zu werden.',
  microphoneAbsent: 'Kein Mikrofon gefunden, du kannst nur zuhören. Schließe eines an, um gehört zu werden.',
  microphoneBusy:
    'Das Mikrofon ließ sich nicht öffnen; vielleicht benutzt es ein anderes Programm. Du kannst vorerst nur zuhören.',
  microphoneInsecure:
    'Diese Seite wurde nicht über eine sichere Verbindung (https) geöffnet, darum gibt der Browser ihr kein Mikrofon. Du kannst nur zuhören.',
  microphoneLost: 'Das Mikrofon ist weg. Die anderen hören dich nicht, bis du es wieder benutzt.',
  blockedWords: 'Dein Browser hält den Ton zurück, bis du ihn verlangst.',
  unblock: 'Anruf hören',
  endingSoon_one: 'Dieser Anruf endet in {count} Minute.',
  endingSoon_other: 'Dieser Anruf endet in {count} Minuten.',
  serverRestarting: 'Der Server startet neu. Du bist gleich von selbst wieder im Anruf.',
  again: 'Erneut teilnehmen',
  leftHeading: 'Du hast den Anruf verlassen',
  leftWords: 'Du kannst diese Seite jetzt schließen oder erneut teilnehmen.',
  overHeading: 'Der Anruf ist vorbei',
  lostHeading: 'Die Verbindung ist verloren',
  tooOldHeading: 'Dieser Browser ist zu alt',
  tooOldWords: 'Er kann keine Anrufe führen. Bitte öffne den Link in einem aktuellen Firefox, Chromium, Chrome, Edge oder Safari.',
  'ended-by-host': 'Die Gastgeberin oder der Gastgeber hat ihn für alle beendet.',
  expired: 'Seine Zeit ist abgelaufen.',
  'too-long': 'Er hat so lange gedauert, wie ein Anruf dauern darf.',
  empty: 'Alle waren gegangen.',
  'call-over': 'Dieser Anruf ist vorbei. Bitte frage nach einem neuen Link.',
  'no-such-call': 'Hinter diesem Link ist kein Anruf. Bitte prüfe ihn oder frage nach einem neuen.',
  'call-full': 'Dieser Anruf ist voll. Versuche es wieder, wenn jemand gegangen ist.',
  'not-allowed': 'Du darfst an diesem Anruf nicht teilnehmen.',
  'bad-origin': 'Der Server nimmt diese Adresse der Seite nicht an. Bitte öffne den Link so, wie du ihn bekommen hast.',
  'too-many': 'Zu viele Versuche in kurzer Zeit. Bitte warte eine Minute und versuche es erneut.',
  replaced: 'Du nimmst inzwischen anderswo an diesem Anruf teil.',
  restarting: 'Der Server startet neu. Bitte versuche es gleich noch einmal.',
  unavailable: 'Der Server hat gerade ein Problem. Bitte versuche es in ein paar Sekunden noch einmal.',
  unreachable: 'Der Server ist nicht zu erreichen. Bitte prüfe die Verbindung und versuche es erneut.',
  failed: 'Etwas ist schiefgegangen. Bitte versuche es erneut.',
};

export const LANGUAGES = { en: ENGLISH, de: GERMAN };

/**
 * @param {readonly string[]} wanted - BCP 47 tags, the most wanted first
 * @returns {string} a key of LANGUAGES
 */
export function chooseLanguage(wanted) {
  const known = wanted.map((tag) => tag.toLowerCase().split('-')[0]).find((tag) => Object.hasOwn(LANGUAGES, tag));
  return known ?? 'en';
}

export const language = chooseLanguage(navigator.languages ?? [navigator.language ?? 'en']);
const plurals = new Intl.PluralRules(language);

function lookUp(key) {
  const dictionary = LANGUAGES[language];
  return Object.hasOwn(dictionary, key) ? dictionary[key] : ENGLISH[key];
}

/**
 * The words of a key, with {placeholders} filled in. The result is text, never markup.
 *
 * With a `count` among the values the plural form of the language is taken.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function text(key, values = {}) {
  const plural = 'count' in values ? `${key}_${plurals.select(values.count)}` : key;
  return lookUp(plural).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** The words of an error or end reason of the server, or general ones for a code that this version does not know. */
export function textOfCode(code) {
  return Object.hasOwn(ENGLISH, code) ? lookUp(code) : lookUp('failed');
}
