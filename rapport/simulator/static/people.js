// The list of phones one can write from.

import { $, clock, day, el } from "./dom.js";

let known = [];

export function show(chats, current) {
  known = chats;
  draw(current);
}

export const named = (key) => known.find((chat) => chat.key === key);

export function draw(current) {
  const wanted = $("search").value.trim().toLocaleLowerCase();
  const found = known.filter((chat) => chat.name.toLocaleLowerCase().includes(wanted));
  found.sort((a, b) => (b.last_id ?? 0) - (a.last_id ?? 0));
  const list = $("people");
  const focused = document.activeElement?.dataset?.key;
  list.replaceChildren(...(found.length ? found.map((chat) => row(chat, current)) : [el("li", { class: "none" }, "Nobody of that name.")]));
  if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function row(chat, current) {
  const isCurrent = chat.key === current;
  const unread = isCurrent ? 0 : chat.unread;
  const at = chat.last_at ? (day(chat.last_at) === "Today" ? clock(chat.last_at) : day(chat.last_at)) : "";
  const line = chat.last !== undefined ? `${chat.is_mine ? "You: " : ""}${chat.last}` : chat.is_known ? "No messages yet" : "Unknown to the business";
  return el(
    "li",
    {},
    el(
      "a",
      { class: "person", href: `#${chat.key}`, "data-key": chat.key, "aria-current": isCurrent ? "true" : null },
      el("span", { class: `avatar hue${hue(chat.key)}`, "aria-hidden": "true" }, initials(chat.name)),
      el("span", { class: "name", dir: "auto" }, chat.name || "No name", chat.language ? el("small", { class: "tag" }, chat.language) : null),
      el("span", { class: "at" }, at),
      el("span", { class: "line", dir: "auto" }, line),
      unread ? el("span", { class: "unread" }, String(unread), el("span", { class: "hidden" }, " unread")) : null,
    ),
  );
}

const hue = (key) => parseInt(key.slice(0, 4), 16) % 8;

export const initials = (name) =>
  name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toLocaleUpperCase()).join("") || "?";
