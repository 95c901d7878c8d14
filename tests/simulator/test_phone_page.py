"""The phone page in a real browser: by keyboard, on a phone and on a desk, and nothing foreign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from rapport.simulator.samples import SAMPLES
from tests.simulator.conftest import PATIENCE_SECONDS, Playground, eventually

expect.set_options(timeout=1000 * PATIENCE_SECONDS)
CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MARA, TOM = "12025550150", "12025550151"
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

on_both = pytest.mark.parametrize("phone", [NARROW, WIDE], ids=["390px", "1280px"], indirect=True)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield browser
        browser.close()


class Phone:
    """A page of the twin, and everything it asked for or complained about."""

    def __init__(self, browser: Browser, play: Playground, viewport: dict[str, int]) -> None:
        self.play = play
        self.context = browser.new_context(viewport=viewport, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.requested: list[Request] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requested.append(request))  # noqa: PLW0108 (Playwright marks the handler)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(play.settings.twin_url)

    def pick(self, name: str) -> Page:
        self.page.get_by_role("link", name=re.compile(name)).click()
        expect(self.page.locator("#owner")).to_contain_text(name)
        return self.page

    def check_manners(self) -> None:
        """No foreign request, no number in an address, no complaint, no sideways scrolling."""
        assert self.complaints == []
        for request in self.requested:
            assert request.url.startswith(self.play.settings.twin_url)
            assert MARA not in request.url and TOM not in request.url
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"]


@pytest.fixture
def phone(browser: Browser, play: Playground, request: pytest.FixtureRequest) -> Iterator[Phone]:
    play.contacts = [
        {"name": "Mara Köhler", "phone": MARA, "language": "de"},
        {"name": "Tom Nguyen", "phone": TOM, "language": "en"},
    ]
    play.faults(status_delay=0.01)
    play.service.on_message = Business(play)
    phone = Phone(browser, play, getattr(request, "param", NARROW))
    yield phone
    phone.check_manners()
    phone.context.close()


class Business:
    """Reads, types and answers through the Graph API, as the product would."""

    def __init__(self, play: Playground) -> None:
        self.play = play

    def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] in {"system", "reaction"}:
            return
        receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": message["id"]}
        self.play.graph({**receipt, "typing_indicator": {"type": "text"}})
        whole = {"messaging_product": "whatsapp", "recipient": message["from_user_id"]}
        self.play.graph({**whole, **self.answer(message)})

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        asked = message.get("text", {}).get("body", "")
        if asked == "orders":
            rows = [{"id": f"r{n}", "title": f"Order {n}", "description": "Boots"} for n in "123"]
            action = {"button": "Choose", "sections": [{"title": "Open", "rows": rows}]}
            body = {"type": "list", "body": {"text": "Which one?"}, "action": action}
            return {"type": "interactive", "interactive": body}
        if asked == "sure":
            replies = [
                {"type": "reply", "reply": {"id": f"b{t}", "title": t}} for t in ("Yes", "No")
            ]
            body = {"type": "button", "body": {"text": "Sure?"}, "action": {"buttons": replies}}
            return {"type": "interactive", "interactive": body}
        return {"type": "text", "text": {"body": f"You wrote: *{asked or message['type']}*"}}


FINGER = (
    ".dispatchEvent(new PointerEvent('{}', {{pointerType: 'touch', clientX: {}, clientY: 300}}))"
)
PULL = (
    "(far) => { const card = document.querySelector('.theirs .bubble');"
    + "card"
    + FINGER.format("pointerdown", 100)
    + ";"
    + "card"
    + FINGER.format("pointermove", "100 + far")
    + ";"
    + "card"
    + FINGER.format("pointerup", "100 + far")
    + "; }"
)


def write(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def theirs(page: Page) -> Any:
    return page.locator("#bubbles .theirs")


def mine(page: Page) -> Any:
    return page.locator("#bubbles .mine")


def tab_back_to(page: Page, name: str) -> None:
    """Shift+Tab from the message field until the focus is on the button of this name."""
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == name:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


@on_both
def test_writing_with_enter_brings_ticks_and_an_answer(phone: Phone) -> None:
    page = phone.pick("Mara")
    write(page, "Hello there")
    expect(mine(page).locator(".text")).to_have_text("Hello there")
    expect(mine(page).locator(".ticks")).to_have_text("Read")
    expect(theirs(page).locator(".text strong")).to_have_text("Hello there")
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    contact = phone.play.service.values[0]["contacts"][0]
    assert (contact["wa_id"], contact["profile"]["name"]) == (MARA, "Mara Köhler")


def test_a_customer_who_wrote_elsewhere_first_is_known_by_name(phone: Phone) -> None:
    phone.play.say(MARA, "Hello")
    page = phone.pick("Mara")
    expect(page.locator("#owner")).to_have_text("Mara Köhler’s phone")


def test_a_message_nobody_takes_waits_with_a_clock(phone: Phone) -> None:
    phone.play.service.answers = [500] * 4
    page = phone.pick("Mara")
    write(page, "Anybody?")
    expect(mine(page).locator(".ticks")).to_have_text("Waiting")
    expect(mine(page).locator(".ticks")).to_have_text("Read")


@on_both
def test_a_button_is_tapped_by_keyboard(phone: Phone) -> None:
    page = phone.pick("Mara")
    write(page, "sure")
    expect(theirs(page).get_by_role("button", name="Yes")).to_be_visible()
    page.get_by_label("Message", exact=True).focus()
    tab_back_to(page, "No")
    page.keyboard.press("Enter")
    expect(mine(page).last.locator(".text")).to_have_text("No")
    tapped = eventually(lambda: phone.play.service.messages()[1:])[0]
    assert tapped["interactive"]["button_reply"] == {"id": "bNo", "title": "No"}
    assert tapped["context"]["id"] == phone.play.log("accepted")[0]["wamid"]


@on_both
def test_a_row_of_a_list_is_chosen_by_keyboard(phone: Phone) -> None:
    page = phone.pick("Mara")
    write(page, "orders")
    expect(theirs(page).get_by_role("button", name="Choose")).to_be_visible()
    page.get_by_label("Message", exact=True).focus()
    tab_back_to(page, "Choose")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Choose")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(mine(page).last.locator(".text")).to_have_text("Order 2")
    tapped = eventually(lambda: phone.play.service.messages()[1:])[0]
    reply = {"id": "r2", "title": "Order 2", "description": "Boots"}
    assert tapped["interactive"]["list_reply"] == reply


def test_a_sheet_closes_with_escape_and_gives_the_focus_back(phone: Phone) -> None:
    page = phone.pick("Mara")
    page.get_by_role("button", name="Chat settings").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Chat settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Chat settings")).to_be_focused()


@on_both
def test_a_message_is_quoted_and_reacted_to(phone: Phone) -> None:
    page = phone.pick("Mara")
    write(page, "Hi")
    more = theirs(page).get_by_role("button", name="Answer or react")
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Reply").click()
    expect(page.locator("#quoting-text")).to_have_text("You wrote: *Hi*")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    write(page, "Yes, I did")
    expect(mine(page).last.locator(".quote")).to_contain_text("You wrote")
    first = phone.play.log("accepted")[0]["wamid"]
    assert eventually(lambda: phone.play.service.messages()[1:])[0]["context"]["id"] == first
    more.first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="React with 👍").click()
    expect(theirs(page).first.locator(".reactions")).to_have_text("👍")
    reaction = eventually(lambda: phone.play.service.messages()[2:])[0]["reaction"]
    assert reaction == {"message_id": first, "emoji": "👍"}


def test_a_message_is_quoted_by_pulling_it_and_held_for_more(phone: Phone) -> None:
    page = phone.pick("Mara")
    write(page, "Hi")
    expect(theirs(page)).to_have_count(1)
    page.evaluate(PULL, 90)
    expect(page.locator("#quoting-text")).to_have_text("You wrote: *Hi*")
    page.keyboard.press("Escape")
    expect(page.locator("#quoting")).to_be_hidden()
    page.evaluate(PULL, 20)
    expect(page.locator("#quoting")).to_be_hidden()
    page.evaluate("document.querySelector('.theirs .bubble')" + FINGER.format("pointerdown", 100))
    expect(page.get_by_role("dialog", name="This message")).to_be_visible()


def test_a_photo_with_a_caption_is_sent(phone: Phone, tmp_path: Path) -> None:
    picture = tmp_path / "lamp.png"
    picture.write_bytes(SAMPLES["image"][1])
    page = phone.pick("Mara")
    page.get_by_label("Message", exact=True).fill("It came with a crack")
    page.locator("#photo").set_input_files(picture)
    expect(mine(page).locator("img")).to_be_visible()
    page.wait_for_function("document.querySelector('.mine img').naturalWidth === 64")
    sent = eventually(phone.play.service.messages)[0]["image"]
    assert (sent["mime_type"], sent["caption"]) == ("image/png", "It came with a crack")
    downloaded = phone.play.http.get(sent["url"], headers=phone.play.bearer)
    assert downloaded.content == picture.read_bytes()


def test_a_location_is_sent(phone: Phone) -> None:
    page = phone.pick("Mara")
    page.get_by_role("button", name="Send a photo or a location").click()
    page.get_by_role("dialog").get_by_role("button", name="Location").click()
    page.get_by_role("button", name="Alexanderplatz").click()
    expect(mine(page).locator(".map")).to_contain_text("Alexanderplatz")
    assert eventually(phone.play.service.messages)[0]["location"]["latitude"] == 52.5219


def test_blocking_silences_the_business_until_it_is_unblocked(phone: Phone) -> None:
    page = phone.pick("Mara")
    write(page, "Hi")
    expect(theirs(page)).to_have_count(1)
    page.get_by_role("button", name="Chat settings").click()
    page.get_by_role("button", name="Block").click()
    expect(page.get_by_label("Message", exact=True)).to_be_hidden()
    phone.play.send(MARA, "Are you there?")
    assert phone.play.log("accepted")[-1]["fate"] == "blocked"
    page.get_by_role("button", name="Unblock").click()
    expect(page.get_by_label("Message", exact=True)).to_be_visible()
    expect(theirs(page)).to_have_count(1)


def test_marketing_is_switched_off_and_the_number_is_changed(phone: Phone) -> None:
    page = phone.pick("Mara")
    write(page, "Hi")
    expect(theirs(page)).to_have_count(1)
    page.get_by_role("button", name="Chat settings").click()
    page.get_by_role("button", name="Stop offers").click()
    expect(page.get_by_role("log").get_by_text("You stopped offers")).to_be_visible()
    page.get_by_role("button", name="Chat settings").click()
    page.get_by_role("button", name="Change my number").click()
    page.get_by_label("New number").fill("+1 202 555 0199")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("You changed your number")).to_be_visible()
    system = eventually(lambda: phone.play.service.messages()[1:])[0]
    values = phone.play.service.values
    assert [item["value"] for v in values for item in v.get("user_preferences", [])] == ["stop"]
    assert system["system"]["wa_id"] == "12025550199"


@on_both
def test_an_open_chat_is_read_at_once_and_a_closed_one_counts(phone: Phone) -> None:
    page = phone.pick("Mara")
    phone.play.faults(reads="open")
    phone.play.say(TOM, "Hello?", name="Tom Nguyen")
    wamid = eventually(lambda: phone.play.log("accepted"))[0]["wamid"]
    eventually(lambda: phone.play.service.statuses(wamid) == ["sent", "delivered"])
    if page.viewport_size == NARROW:
        page.get_by_role("button", name="Back to the phones").click()
    expect(page.get_by_role("link", name=re.compile("Tom")).locator(".unread")).to_contain_text("1")
    phone.pick("Tom")
    eventually(lambda: phone.play.service.statuses(wamid) == ["sent", "delivered", "read"])


def test_somebody_new_writes_under_a_fictional_number(phone: Phone) -> None:
    page = phone.page
    page.get_by_role("button", name="Somebody new").click()
    expect(page.locator("#owner")).to_contain_text("phone")
    write(page, "Hello")
    expect(theirs(page)).to_have_count(1)
    assert re.fullmatch(r"120255501\d\d", phone.play.service.messages()[0]["from"])


def test_what_people_write_is_only_ever_text(phone: Phone) -> None:
    page = phone.pick("Mara")
    attack = "<img src=x onerror=alert(1)> *bold* _it_ ~no~ `code` https://shop.example/a. 2*3*4"
    write(page, attack)
    shown = mine(page).locator(".text")
    expect(shown.locator("strong")).to_have_text("bold")
    expect(shown.locator("em")).to_have_text("it")
    expect(shown.locator("a")).to_have_attribute("href", "https://shop.example/a")
    expect(shown).to_contain_text("<img src=x onerror=alert(1)>")
    expect(shown).to_contain_text("2*3*4")
    expect(shown.locator("img")).to_have_count(0)
    write(page, "مرحبا")
    expect(mine(page).locator(".text").last).to_have_attribute("dir", "auto")


CONTRAST = """() => {
  const rgb = (value) => (value.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (c) => c.slice(0, 3).map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const over = (top, under) => top.slice(0, 3).map((v, i) => v * (top[3] ?? 1) + under[i] * (1 - (top[3] ?? 1)));
  const behind = (node) => {
    if (!node) return [255, 255, 255];
    const own = rgb(getComputedStyle(node).backgroundColor);
    return (own[3] ?? 1) === 1 && own.length ? own : over(own.length ? own : [0, 0, 0, 0], behind(node.parentElement));
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const text = [...node.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
    if (!text.length || !node.checkVisibility() || node.closest(".skip, .hidden, svg, noscript")) continue;
    const ground = behind(node), ink = over(rgb(getComputedStyle(node).color), ground);
    const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) poor.push(`${node.className || node.tagName} ${text[0].data.trim()} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


@on_both
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa(phone: Phone, scheme: Any) -> None:
    phone.page.emulate_media(color_scheme=scheme)
    page = phone.pick("Mara")
    write(page, "sure")
    expect(theirs(page)).to_have_count(1)
    phone.play.say(TOM, "Hello", name="Tom")
    assert page.evaluate(CONTRAST) == []
    page.get_by_role("button", name="Chat settings").click()
    assert page.evaluate(CONTRAST) == []


def test_at_four_hundred_per_cent_nothing_scrolls_sideways(phone: Phone) -> None:
    phone.page.set_viewport_size({"width": 320, "height": 256})
    page = phone.pick("Mara")
    write(page, "w" * 300)
    expect(theirs(page)).to_have_count(1)
    expect(page.get_by_label("Message", exact=True)).to_be_in_viewport()


def test_everything_that_acts_has_a_name(phone: Phone) -> None:
    page = phone.pick("Mara")
    write(page, "orders")
    expect(theirs(page)).to_have_count(1)
    snapshot = page.locator("body").aria_snapshot()
    assert not re.search(r"- (button|link|textbox|searchbox)\s*(\[.*\])?:?\s*$", snapshot, re.M)
    assert "- main" in snapshot and "- log" in snapshot


def test_the_page_is_strict_about_where_things_come_from(play: Playground) -> None:
    page = play.http.get("/")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|<style", page.text)
    script = re.search(r'src="([^"]+phone\.js)"', page.text)
    assert script is not None
    assert "immutable" in play.http.get(script[1]).headers["cache-control"]
    assert play.http.get("/static/0000/phone.js").status_code == 404
    foreign = {"Origin": "https://evil.example"}
    assert play.http.post("/phone/chats", json={}, headers=foreign).status_code == 403
