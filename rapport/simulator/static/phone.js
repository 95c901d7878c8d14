// The phone: which chat is open, what is written, what comes in.

import { showAll } from "./bubbles.js";
import { $, ask, clock, el } from "./dom.js";
import { gestures } from "./gestures.js";
import * as people from "./people.js";
import * as sheet from "./sheet.js";

const PRESENCE_MS = 10_000;
const NEAR = 80;
const state = { key: "", chat: null, quote: null, typing: 0, drafts: new Map(), isLow: true, isBusy: false, isStale: false };
const path = (rest) => `/phone/chats/${state.key}/${rest}`;

const actions = {
  tap: (bubble, choice) => send({ tap: { id: bubble.id, choice } }),
  openList: (bubble) => sheet.choices(bubble, (choice) => send({ tap: { id: bubble.id, choice } })),
  sendLocation: () => sheet.places((location) => send({ location })),
  more: (bubble) => sheet.about(bubble, () => quote(bubble), (emoji) => send({ reaction: { id: bubble.id, emoji } })),
  goTo: (id) => flash($(`m${id}`)),
  gestures: (node, card, bubble) => gestures(node, card, () => quote(bubble), () => actions.more(bubble)),
};

async function refresh() {
  if (state.isBusy) return void (state.isStale = true);
  state.isBusy = true;
  try {
    const [{ chats }, chat] = await Promise.all([ask("/phone/chats"), state.key ? ask(`/phone/chats/${state.key}`) : null]);
    people.show(chats, state.key);
    if (chat && chat.key === state.key) showChat(chat);
  } catch {
    say("The twin does not answer.");
  } finally {
    state.isBusy = false;
    if (state.isStale) queueMicrotask(refresh);
    state.isStale = false;
  }
}

function showChat(chat) {
  const isNew = state.chat?.key !== chat.key;
  const newest = state.chat?.bubbles.at(-1)?.id;
  const { isLow } = state;
  state.chat = chat;
  $("owner").textContent = `${chat.name || "Somebody"}’s phone`;
  showAll($("bubbles"), chat.bubbles, actions);
  showTyping(chat.typing_seconds);
  $("blocked").hidden = !chat.is_blocking;
  $("composer").hidden = chat.is_blocking;
  showEvents(chat.events);
  const last = chat.bubbles.at(-1);
  const hasMore = last && last.id !== newest;
  if (isNew || isLow || (hasMore && last.mine)) toBottom();
  else if (hasMore) $("jump").hidden = false;
}

function showTyping(seconds) {
  clearTimeout(state.typing);
  $("typing").hidden = seconds <= 0;
  $("presence").textContent = seconds > 0 ? "typing…" : "Business account";
  if (seconds > 0) state.typing = setTimeout(() => showTyping(0), seconds * 1000);
}

function showEvents(events) {
  $("events").replaceChildren(
    ...events.map(({ at, what, detail, tone }) =>
      el("li", { class: tone }, el("time", { datetime: at }, clock(at)), el("strong", {}, what), detail ? el("span", {}, detail) : null),
    ),
  );
}

function toBottom() {
  state.isLow = true;
  $("wall").scrollTop = $("wall").scrollHeight;
  $("jump").hidden = true;
}

function flash(node) {
  if (!node) return;
  node.scrollIntoView({ block: "center" });
  node.classList.add("flash");
  setTimeout(() => node.classList.remove("flash"), 1200);
}

function say(problem) {
  $("alert").textContent = problem ? `${problem[0].toLocaleUpperCase()}${problem.slice(1)}` : "";
  $("alert").hidden = !problem;
}

async function send(wish) {
  const quoted = state.quote ? { quote: state.quote.id } : {};
  quote(null);
  return attempt(() => ask(path("messages"), { ...wish, ...quoted }));
}

async function attempt(what) {
  say("");
  try {
    await what();
    return true;
  } catch (error) {
    say(error.message);
    return false;
  } finally {
    refresh();
  }
}

async function sendText() {
  const field = $("message");
  const text = field.value;
  if (!text.trim()) return;
  field.value = "";
  grow();
  if (!(await send({ text })) && !field.value) field.value = text;
  grow();
}

async function sendPhoto() {
  const [file] = $("photo").files;
  if (!file) return;
  const form = new FormData();
  form.append("photo", file);
  form.append("text", $("message").value);
  if (state.quote) form.append("quote", state.quote.id);
  $("photo").value = "";
  if (await attempt(() => ask(path("photo"), form))) {
    $("message").value = "";
    quote(null);
    grow();
  }
  $("message").focus();
}

function quote(bubble) {
  state.quote = bubble;
  $("quoting").hidden = !bubble;
  if (!bubble) return;
  $("quoting-who").textContent = bubble.mine ? "You" : document.body.dataset.business;
  $("quoting-text").textContent = bubble.text || bubble.header || bubble.location?.name || "Photo";
  $("message").focus();
}

function grow() {
  const field = $("message");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 132)}px`;
}

function settings() {
  const act = (action, more = {}) => attempt(() => ask(path("settings"), { action, ...more }));
  sheet.settings(state.chat, act, () => sheet.newNumber((number) => act("change_number", { new_phone: number })));
}

function isLooking() {
  const isShown = matchMedia("(min-width: 760px)").matches || $("stage").dataset.view === "chat";
  return Boolean(state.key) && isShown && !document.hidden;
}

async function tellPresence(action = isLooking() ? "open_chat" : "close_chat") {
  if (state.key && state.chat) await ask(path("settings"), { action }).catch(() => {});
}

async function choose() {
  const key = location.hash.slice(1);
  if (key === state.key && state.chat) return;
  if (state.key) {
    state.drafts.set(state.key, $("message").value);
    await tellPresence("close_chat");
  }
  Object.assign(state, { key, chat: null });
  $("stage").dataset.view = key ? "chat" : "people";
  $("bubbles").replaceChildren();
  $("message").value = state.drafts.get(key) ?? "";
  quote(null);
  say("");
  grow();
  await refresh();
  await tellPresence();
  if (key && matchMedia("(hover: hover)").matches) $("message").focus();
}

function listen() {
  $("composer").addEventListener("submit", (event) => (event.preventDefault(), sendText()));
  $("message").addEventListener("input", grow);
  $("message").addEventListener("keydown", (event) => {
    if (event.key === "Escape") quote(null);
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    sendText();
  });
  $("photo").addEventListener("change", sendPhoto);
  $("attach").addEventListener("click", () => sheet.attachments(() => $("photo").click(), actions.sendLocation));
  $("quoting-cancel").addEventListener("click", () => (quote(null), $("message").focus()));
  $("menu").addEventListener("click", () => state.chat && settings());
  $("unblock").addEventListener("click", () => attempt(() => ask(path("settings"), { action: "unblock" })));
  $("jump").addEventListener("click", toBottom);
  $("wall").addEventListener("scroll", () => {
    const wall = $("wall");
    state.isLow = wall.scrollHeight - wall.scrollTop - wall.clientHeight < NEAR;
    if (state.isLow) $("jump").hidden = true;
  });
  // Pictures arrive after their bubbles, keyboards after the focus: who was at the end stays there.
  const keepLow = new ResizeObserver(() => state.isLow && toBottom());
  keepLow.observe($("wall"));
  keepLow.observe($("wall-inner"));
  $("back").addEventListener("click", () => (location.hash = ""));
  $("search").addEventListener("input", () => people.draw(state.key));
  $("new-person").addEventListener("click", async () => (location.hash = (await ask("/phone/chats", {})).key));
  addEventListener("hashchange", choose);
  document.addEventListener("visibilitychange", () => tellPresence());
  setInterval(tellPresence, PRESENCE_MS);
}

async function start() {
  sheet.start();
  listen();
  await choose();
  if (!state.key && matchMedia("(min-width: 760px)").matches) {
    const first = $("people").querySelector("a");
    if (first) location.replace(first.href);
  }
  const news = new EventSource("/phone/news");
  news.addEventListener("message", refresh);
}

start();
