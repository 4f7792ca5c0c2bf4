// SPDX-License-Identifier: GPL-3.0-or-later
/** Elements and words. Whatever the contract says becomes text nodes and nothing else. */

/** An element with attributes and children; what is null is left out. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** A line of a description: `code` becomes code, the rest stays text. */
export function inline(text) {
  return text.split(/(`[^`]+`)/).map((part) => {
    const isCode = part.length > 2 && part.startsWith('`') && part.endsWith('`');
    return isCode ? make('code', {}, part.slice(1, -1)) : part;
  });
}

/** A description of several paragraphs; “## ” begins a heading. */
export function paragraphs(text) {
  const blocks = (text ?? '').split(/\n\s*\n|\n(?=## )/).map((block) => block.trim()).filter(Boolean);
  return blocks.flatMap((block) => {
    if (!block.startsWith('## ')) {
      return [make('p', {}, inline(block))];
    }
    const [heading, ...rest] = block.slice(3).split('\n');
    return [make('h4', {}, heading), make('p', {}, inline(rest.join('\n')))];
  });
}

export function example(value, label = 'Example') {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return make('figure', {}, make('figcaption', {}, label), make('pre', { tabindex: '0' }, make('code', {}, text)));
}

/** A part that is folded away until somebody wants it. */
export function fold(title, ...children) {
  return make('details', {}, make('summary', {}, title), ...children);
}
