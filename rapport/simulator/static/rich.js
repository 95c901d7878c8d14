// *bold* _italic_ ~struck~ `code` and web addresses, built as nodes: nothing is ever parsed as HTML.

import { el } from "./dom.js";

const TAGS = { "*": "strong", _: "em", "~": "s" };
const MARKED = /(?<![\p{L}\p{N}])(?:```([\s\S]+?)```|`([^`\n]+)`|([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])|(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]))/u;
const EMOJI_ONLY = /^(?:\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic})*){1,3}$/u;

export function rich(text) {
  const nodes = [];
  let rest = text;
  for (let found = MARKED.exec(rest); found; found = MARKED.exec(rest)) {
    if (found.index) nodes.push(rest.slice(0, found.index));
    nodes.push(marked(found));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest) nodes.push(rest);
  return nodes;
}

function marked([, block, code, mark, inner, url]) {
  if (block !== undefined) return el("code", { class: "block" }, block);
  if (code !== undefined) return el("code", {}, code);
  if (url !== undefined) return el("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, url);
  return el(TAGS[mark], {}, ...rich(inner));
}

export const isEmojiOnly = (text) => EMOJI_ONLY.test(text.trim());
