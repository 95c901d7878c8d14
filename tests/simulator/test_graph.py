"""What the twin takes for a message and what it refuses, as Meta would."""

from __future__ import annotations

from tests.simulator.conftest import Playground

PHONE = "12025550101"


def test_an_answer_within_the_window_is_accepted_with_metas_shape(play: Playground) -> None:
    play.say(PHONE)
    answer = play.send(f"+{PHONE}")
    assert answer.status_code == 200
    body = answer.json()
    assert body["messaging_product"] == "whatsapp"
    assert body["contacts"] == [{"input": f"+{PHONE}", "wa_id": PHONE}]
    assert body["messages"][0]["id"].startswith("wamid.")
