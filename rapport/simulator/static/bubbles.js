// One message, as the phone shows it.

import { clock, day, el, icon } from "./dom.js";
import { isEmojiOnly, rich } from "./rich.js";

const STATES = {
  waiting: ["clock", "Waiting"],
  sent: ["tick", "Sent"],
  delivered: ["ticks", "Delivered"],
  read: ["ticks", "Read"],
};
const FILES = { audio: "Voice message", video: "Video", document: "Document", sticker: "Sticker", image: "Photo" };

export function showAll(list, bubbles, actions) {
  const known = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let before = null;
  const wanted = [];
  for (const bubble of bubbles) {
    if (!before || day(before.at) !== day(bubble.at)) wanted.push(kept(known, `day ${day(bubble.at)}`, "", () => separator(bubble.at)));
    const isFirst = !before || before.mine !== bubble.mine || before.kind === "notice" || day(before.at) !== day(bubble.at);
    const { state, ...content } = bubble;
    const node = kept(known, `bubble ${bubble.id}`, JSON.stringify([content, isFirst]), () => row(bubble, isFirst, actions));
    if (state && node.dataset.state !== state) setTicks(node, state);
    wanted.push(node);
    before = bubble;
  }
  place(list, wanted);
}

function kept(known, key, content, make) {
  const old = known.get(key);
  if (old && old.dataset.content === content) return old;
  const node = make();
  node.dataset.key = key;
  node.dataset.content = content;
  return node;
}

function place(list, wanted) {
  const keep = new Set(wanted);
  for (const node of [...list.children]) if (!keep.has(node)) node.remove();
  wanted.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}

function separator(at) {
  return el("li", { class: "day" }, el("span", {}, day(at)));
}

function row(bubble, isFirst, actions) {
  if (bubble.kind === "notice") return el("li", { class: "notice" }, el("span", {}, bubble.text));
  const side = bubble.mine ? "mine" : "theirs";
  const card = el(
    "article",
    { class: "bubble", "aria-label": bubble.mine ? "You" : document.body.dataset.business },
    quote(bubble, actions),
    attachment(bubble),
    bubble.header ? el("h3", { dir: "auto" }, bubble.header) : null,
    bubble.text ? el("p", { class: isEmojiOnly(bubble.text) ? "text big" : "text", dir: "auto" }, ...rich(bubble.text)) : null,
    bubble.footer ? el("p", { class: "footer", dir: "auto" }, bubble.footer) : null,
    foot(bubble),
    choices(bubble, actions),
    reactions(bubble),
  );
  const more = el(
    "button",
    { class: "icon more", type: "button", "aria-label": "Answer or react", "aria-haspopup": "dialog", onclick: () => actions.more(bubble) },
    icon("down"),
  );
  const node = el("li", { class: `row ${side}${isFirst ? " first" : ""}`, id: `m${bubble.id}` }, card, more);
  actions.gestures(node, card, bubble);
  return node;
}

function quote({ quote: quoted }, actions) {
  if (!quoted) return null;
  return el(
    "button",
    { class: `quote ${quoted.mine ? "by-me" : ""}`, type: "button", onclick: () => actions.goTo(quoted.id) },
    el("strong", {}, quoted.mine ? "You" : document.body.dataset.business),
    el("span", { dir: "auto" }, quoted.text),
  );
}

function attachment(bubble) {
  if (bubble.location) return map(bubble.location);
  if (!("media_id" in bubble)) return null;
  const name = bubble.filename || FILES[bubble.kind] || "File";
  if (bubble.mime_type.startsWith("image/")) {
    return el("img", { class: "photo", src: `/phone/media/${bubble.media_id}`, alt: bubble.text || name, loading: "lazy" });
  }
  if (bubble.media_id) return el("a", { class: "file", href: `/phone/media/${bubble.media_id}`, download: name }, icon("file"), name);
  if (!bubble.media_link) return null;
  return el("a", { class: "file", href: bubble.media_link, target: "_blank", rel: "noopener noreferrer nofollow" }, icon("file"), name);
}

function map({ latitude, longitude, name, address }) {
  const degrees = `${Number(latitude).toFixed(4)}, ${Number(longitude).toFixed(4)}`;
  return el(
    "div",
    { class: "map" },
    el("div", { class: "streets", "aria-hidden": "true" }, icon("pin")),
    el("strong", { dir: "auto" }, name || "Location"),
    el("span", { dir: "auto" }, address || degrees),
  );
}

function foot(bubble) {
  const ticks = bubble.mine ? el("span", { class: "ticks", "aria-live": "off" }) : null;
  return el("p", { class: "foot" }, el("time", { datetime: bubble.at }, clock(bubble.at)), ticks);
}

function setTicks(node, state) {
  const [name, label] = STATES[state];
  node.dataset.state = state;
  node.querySelector(".ticks")?.replaceChildren(icon(name), el("span", { class: "hidden" }, label));
}

function choices(bubble, actions) {
  const made = [];
  const found = bubble.choices ?? [];
  if (bubble.list_button) made.push(choice("list", bubble.list_button, () => actions.openList(bubble), "dialog"));
  else found.forEach(({ title }, index) => made.push(choice("reply", title, () => actions.tap(bubble, index))));
  if (bubble.asks_location) made.push(choice("pin", "Send location", () => actions.sendLocation(), "dialog"));
  if (bubble.link) {
    made.push(el("a", { class: "choice", href: bubble.link.url, target: "_blank", rel: "noopener noreferrer nofollow" }, icon("link"), bubble.link.title));
  }
  return made.length ? el("div", { class: "choices" }, ...made) : null;
}

function choice(name, title, onclick, popup) {
  return el("button", { class: "choice", type: "button", "aria-haspopup": popup, onclick }, icon(name), el("span", { dir: "auto" }, title));
}

function reactions({ reactions: found }) {
  const shown = Object.values(found ?? {}).filter(Boolean);
  return shown.length ? el("p", { class: "reactions", "aria-label": `Reaction ${shown.join(" ")}` }, shown.join(" ")) : null;
}
