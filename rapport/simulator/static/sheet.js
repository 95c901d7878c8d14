// The bottom sheet: lists to choose from, settings, a location, an answer.

import { $, el, icon } from "./dom.js";

const PLACES = [
  ["Alexanderplatz", "10178 Berlin", 52.5219, 13.4132],
  ["Zócalo", "Centro, Ciudad de México", 19.4326, -99.1332],
  ["Parque Ibirapuera", "São Paulo", -23.5874, -46.6576],
  ["Monas", "Jakarta Pusat", -6.1754, 106.8272],
];
const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

export function open(title, ...content) {
  $("sheet-title").textContent = title;
  $("sheet-body").replaceChildren(...content);
  $("sheet").showModal();
  $("sheet-body").querySelector("button, input")?.focus();
}

export const close = () => $("sheet").close();

export function item(label, detail, onclick, name) {
  const words = el("span", { class: "words" }, el("strong", { dir: "auto" }, label), detail ? el("small", { dir: "auto" }, detail) : null);
  return el("button", { class: "item", type: "button", onclick: () => (close(), onclick()) }, name ? icon(name) : null, words);
}

export function choices(bubble, pick) {
  const groups = new Map();
  bubble.choices.forEach((row, index) => {
    const button = item(row.title, row.description, () => pick(index));
    groups.set(row.section ?? "", [...(groups.get(row.section ?? "") ?? []), button]);
  });
  const shown = [...groups].flatMap(([title, buttons]) => [title ? el("h3", {}, title) : null, ...buttons]);
  open(bubble.list_button, ...shown.filter(Boolean));
}

export function places(pick) {
  const shown = PLACES.map(([name, address, latitude, longitude]) =>
    item(name, address, () => pick({ name, address, latitude, longitude }), "pin"),
  );
  open("Send a location", ...shown);
}

export function attachments(choosePhoto, chooseLocation) {
  open("Send", item("Photo", "PNG or JPEG from this computer", choosePhoto, "photo"), item("Location", "One of four places", chooseLocation, "pin"));
}

export function about(bubble, reply, react) {
  const faces = EMOJI.map((emoji) =>
    el("button", { class: "emoji", type: "button", "aria-label": `React with ${emoji}`, onclick: () => (close(), react(emoji)) }, emoji),
  );
  const undo = bubble.reactions.mine ? item("Take the reaction back", "", () => react(""), "close") : null;
  open("This message", ...[item("Reply", "Quote it in your answer", reply, "reply"), el("div", { class: "emojis" }, ...faces), undo].filter(Boolean));
}

export function settings(chat, act, changeNumber) {
  open(
    "Chat settings",
    chat.is_blocking
      ? item("Unblock", "It can reach you again", () => act("unblock"))
      : item("Block", "Nothing it sends will arrive", () => act("block")),
    chat.has_stopped_marketing
      ? item("Allow offers and announcements", "Marketing messages arrive again", () => act("resume"))
      : item("Stop offers and announcements", "Marketing messages will not arrive", () => act("stop")),
    chat.is_username_only
      ? item("Show my number", "The business sees your number", () => act("show_number"))
      : item("Hide my number", "The business sees only a username", () => act("hide_number")),
    item("Change my number", "The chat moves along", changeNumber),
  );
}

export function newNumber(pick) {
  const random = () => `+1 ${200 + Math.floor(Math.random() * 700)} 555 01${String(Math.floor(Math.random() * 100)).padStart(2, "0")}`;
  const input = el("input", { id: "new-number", type: "tel", inputmode: "tel", required: true, value: random(), autocomplete: "off" });
  const form = el(
    "form",
    { class: "number" },
    el("label", { for: "new-number" }, "New number with country code"),
    input,
    el("button", { class: "plain", type: "submit" }, "Change number"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    pick(input.value);
  });
  open("Change my number", form);
}

export function start() {
  const sheet = $("sheet");
  $("sheet-close").addEventListener("click", close);
  sheet.addEventListener("click", (event) => event.target === sheet && close());
  sheet.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.matches("input")) return;
    event.preventDefault();
    const buttons = [...$("sheet-body").querySelectorAll("button")];
    const now = buttons.indexOf(document.activeElement);
    buttons[(now + step + buttons.length) % buttons.length]?.focus();
  });
}
