"""A wish to be left alone is never missed, and what only looks like one is left alone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.consent.keywords import Keyword, unmistakable
from rapport.errors import RapportError
from rapport.understanding import guard as guards
from rapport.understanding.guard import BY_KEYWORD, Decision, Guard
from rapport.understanding.guard_lines import expanded, lines_in
from rapport.understanding.opt_outs import Share, measure
from rapport.vocabulary import MARKETING_TOPICS, TOPICS
from tests.conftest import SHARED
from tests.model import trained_guard

LINES = SHARED / "nlu" / "optout"
LANGUAGES = ("en", "de", "es", "pt", "hi", "id")
Decide = Callable[..., Decision]


@pytest.fixture(scope="module")
def guard() -> Guard:
    return trained_guard()


STOPS = {
    "en": [
        "hello team, kindly take this number off your marketing",
        "could somebody switch off the promo texts",
        "how do i unsubscribe?",
        "cancel my subscription to these messages",
        "I never signed up for any of this, remove me",
        "Please stop messaging me, it is the third time I ask",
    ],
    "de": [
        "Hört endlich auf, mir Werbung zu schicken",
        "wie melde ich mich hier ab?",
        "bitte streichen Sie meine Nummer",
        "ich widerrufe hiermit meine Einwilligung",
        "lasst mich mit euren Nachrichten in Ruhe",
    ],
    "es": [
        "ya no me manden promociones por favor",
        "¿cómo me doy de baja de sus mensajes?",
        "borren mi número de su lista",
        "dejen de molestarme con sus ofertas",
        "quítenme de la lista de difusión",
    ],
    "pt": [
        "parem de me mandar propaganda",
        "como faço pra sair dessa lista?",
        "não quero mais receber mensagens de vocês",
        "tira meu número do cadastro",
        "me deixem em paz",
    ],
    "hi": [
        "mujhe ye messages nahi chahiye, band karo",
        "mera number list se hata do",
        "msg bhejna band kijiye",
        "मुझे मैसेज भेजना बंद करो",
        "मेरा नंबर लिस्ट से हटा दीजिए",
    ],
    "id": [
        "tolong jangan kirim promo lagi",
        "hapus nomor saya dari daftar",
        "gimana cara berhenti langganan?",
        "saya tidak mau dihubungi lagi",
        "stop kirim iklan ke wa saya",
    ],
}

LOOK_ALIKES = {
    "en": [
        "cancel my order please",
        "I'll stop by the shop tomorrow",
        "don't stop the offers",
        "when does the sale end?",
        "the lamp stopped working",
        "why did you stop sending me offers?",
        "remove the jacket from my order",
        "not now, thanks",
        "delete everything you have about me",
        "where did you get my number from?",
        "am I still on the list or not?",
        "stop charging my card twice",
        "please block my stolen card",
        "turn the messages back on",
        "no more sugar for me please",
    ],
    "de": [
        "ich möchte meinen Vertrag kündigen",
        "wann endet die Aktion?",
        "bitte nicht klingeln",
        "löscht bitte alle meine daten",
        "woher habt ihr meine nummer?",
        "ihr schreibt mir zu oft",
        "schaltet die angebote wieder ein",
        "sperrt bitte meine karte",
        "hört bitte nicht auf mit den Angeboten",
        "die Lampe geht immer aus",
    ],
    "es": [
        "la fecha de baja del plan",
        "quiero cancelar mi pedido",
        "¿cuándo baja de precio la lámpara?",
        "es para mi mamá",
        "borren todos mis datos personales",
        "¿de dónde sacaron mi número?",
        "no manden tantos mensajes",
        "quiero dar de baja la línea",
        "reanuden los mensajes por favor",
        "no dejen de mandarme ofertas",
    ],
    "pt": [
        "quando sai meu pedido?",
        "quero cancelar minha compra",
        "chega hoje?",
        "não parem de mandar promoção",
        "é para presente",
        "apaguem todos os meus dados",
        "como conseguiram meu número?",
        "manda menos mensagens por favor",
        "quero voltar a receber as promoções",
        "parem de me cobrar duas vezes",
    ],
    "hi": [
        "mera sim band ho gaya",
        "order cancel karna hai",
        "dukan kab band hoti hai",
        "दुकान कितने बजे बंद होती है",
        "offers band mat karna",
        "mera sara data delete kar do",
        "mera number kaha se mila aapko?",
        "itne msg mat bhejo, thoda kam karo",
        "offers phir se chalu karo",
        "मेरा सारा डेटा मिटा दो",
    ],
    "id": [
        "mau batalkan pesanan saya",
        "stop kontak ada warna putih?",
        "kapan promo berakhir?",
        "mesin cuci saya berhenti sendiri",
        "jangan berhenti kirim promo ya",
        "hapus semua data pribadi saya",
        "dapat nomor saya dari mana?",
        "kurangi dong pesannya",
        "aktifkan lagi promonya",
        "berhenti di halte mana busnya?",
    ],
}


@pytest.mark.parametrize(
    ("language", "text"), [(lang, text) for lang, texts in STOPS.items() for text in texts]
)
def test_a_stop_is_understood_however_it_is_said(guard: Guard, language: str, text: str) -> None:
    assert guard.decide(text).verdict == "opt_out"
    assert guard.decide(text, language).verdict == "opt_out"


@pytest.mark.parametrize("text", [text for texts in LOOK_ALIKES.values() for text in texts])
def test_what_only_looks_like_a_stop_stops_nothing(guard: Guard, text: str) -> None:
    assert guard.decide(text).verdict != "opt_out"


OFFERS, ORDERS, BILLS, MARKETING = (
    ("offers",),
    ("order_updates",),
    ("account_alerts",),
    MARKETING_TOPICS,
)


@pytest.mark.parametrize(
    ("language", "text", "topics"),
    [
        ("en", "no more offers, but keep order updates", OFFERS),
        ("en", "stop the offers but i still want the bill reminders", OFFERS),
        ("en", "stop order updates", ORDERS),
        ("en", "stop offers keep order updates", OFFERS),
        ("en", "keep order updates stop offers", OFFERS),
        ("en", "unsubscribe me from everything please", ("*",)),
        ("en", "please stop messaging me", MARKETING),
        ("en", "stop everything, including offers", ("*",)),
        ("en", "no more messages at all, not even order updates", ("*",)),
        ("en", "stop all your offers", OFFERS),
        ("en", "i do not want your offers at all", OFFERS),
        ("de", "keine Werbung mehr, aber Versandinfos gerne weiter", OFFERS),
        ("de", "meldet mich bitte von allem ab", ("*",)),
        ("de", "hört auf mir zu schreiben", MARKETING),
        ("de", "hört mit allem auf, auch mit der Werbung", ("*",)),
        ("de", "schickt mir überhaupt keine Werbung mehr", OFFERS),
        ("es", "ya no quiero promociones pero los avisos de mi pedido sí", OFFERS),
        ("es", "no me manden más mensajes", MARKETING),
        ("es", "cancelen todo, también las promociones", ("*",)),
        ("pt", "não quero promoção, mas aviso do pedido pode", OFFERS),
        ("pt", "parem de me mandar mensagem", MARKETING),
        ("pt", "cancelem tudo, inclusive as promoções", ("*",)),
        ("hi", "offers mat bhejo lekin order update bhejte rehna", OFFERS),
        ("hi", "ऑफर मत भेजो लेकिन ऑर्डर के अपडेट चालू रखो", OFFERS),
        ("hi", "sab kuch band karo, offers bhi", ("*",)),
        ("hi", "sirf offers band karo", OFFERS),
        ("hi", "nahi, bas offers mat bhejo", OFFERS),
        ("hi", "order update chahiye offers nahi chahiye", OFFERS),
        ("id", "stop promonya aja", OFFERS),
        ("id", "hentikan semuanya, termasuk promo", ("*",)),
        ("id", "jangan kirim promo lagi tapi info pesanan tetap", OFFERS),
        ("id", "hapus nomor saya dari daftar", MARKETING),
    ],
)
def test_a_stop_reaches_as_far_as_it_says(
    guard: Guard, language: str, text: str, topics: tuple[str, ...]
) -> None:
    for told in (language, None):
        decision = guard.decide(text, told)
        assert (decision.verdict, decision.topics) == ("opt_out", topics)


@pytest.mark.parametrize(
    ("language", "text", "kept"),
    [
        ("en", "only order updates please, no promos", "order_updates"),
        ("de", "nur noch Rechnungen bitte, keine Werbung", "account_alerts"),
        ("es", "solo avisos de mi pedido, nada de promos", "order_updates"),
        ("pt", "só aviso de entrega, nada de promoção", "order_updates"),
        ("hi", "sirf order update bhejo, offers mat bhejo", "order_updates"),
        ("id", "cuma info resi aja, promo jangan", "order_updates"),
    ],
)
def test_only_one_topic_ends_all_others_but_support(
    guard: Guard, language: str, text: str, kept: str
) -> None:
    decision = guard.decide(text, language)
    assert decision.verdict == "opt_out"
    assert set(decision.topics) == set(TOPICS) - {kept, "support"}


def test_everything_except_one_topic_ends_support_too(guard: Guard) -> None:
    decision = guard.decide("stop everything except delivery messages", "en")
    assert set(decision.topics) == set(TOPICS) - {"order_updates"}


@pytest.mark.parametrize(
    "text",
    ["can i start the return here?", "¿cuándo inicia la promo?", "start?", "Ja?", "yes? offers?"],
)
def test_start_inside_a_question_opts_nobody_in(guard: Guard, text: str) -> None:
    assert guard.decide(text).verdict != "opt_in"


@pytest.mark.parametrize("word", ["START", "start!", "Alta", "mulai", "चालू करो", "yes", "JOIN us"])
def test_a_bare_start_is_what_the_webhook_takes_for_one(guard: Guard, word: str) -> None:
    is_start = unmistakable(word) is Keyword.START
    assert is_start == (guard.decide(word) == BY_KEYWORD[Keyword.START])


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("start", "opt_in"),
        ("sign me up for your offers", "opt_in"),
        ("melde mich bitte wieder für die Angebote an", "opt_in"),
        ("pause the messages until january", "pause"),
        ("no me manden mensajes hasta enero", "pause"),
        ("too many messages", "pause"),
        ("nur noch einmal im monat bitte", "pause"),
        ("quiero volver a recibir las ofertas", "opt_in"),
        ("undo my stop, I want the messages back", "opt_in"),
        ("kirim lagi promonya dong", "opt_in"),
        ("help", "help"),
        ("मदद", "help"),
        ("where is my order", None),
        ("", None),
        ("?", None),
        ("😂😂", None),
        ("https://example.com/a?b=c", None),
    ],
)
def test_the_other_verdicts(guard: Guard, text: str, verdict: str | None) -> None:
    assert guard.decide(text).verdict == verdict


@pytest.mark.parametrize(
    "text",
    ["not interested", "kein Interesse", "salah nomor", "cancela", "bas", "👎", "wrong number"],
)
def test_what_can_mean_two_things_is_asked_about(guard: Guard, text: str) -> None:
    decision = guard.decide(text)
    assert decision.is_doubtful and decision.verdict is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ѕtор sending mе messages", id="Cyrillic letters among Latin ones"),
        pytest.param("st0p sending me mess@ges", id="signs that play letters"),
        pytest.param("bla " * 3000 + "please stop sending me messages", id="at a very long end"),
        pytest.param("Ｓｔｏｐ sending me messages", id="full width"),
        pytest.param("plsstopmessagingme", id="run together"),
        pytest.param("keinewerbungmehr", id="run together in German"),
        pytest.param("मैसेजमतभेजो", id="run together in Devanagari"),
        pytest.param("🛑 sending me messages", id="a sign for a word"),
    ],
)
def test_a_disguised_stop_is_a_stop(guard: Guard, text: str) -> None:
    assert guard.decide(text).verdict == "opt_out"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("plese stop sendng me mesages", id="letters missing"),
        pytest.param("unsubsrcibe me from thsi lsit", id="letters swapped"),
        pytest.param("hört auf mir werbumg zu schivken", id="keys beside the right one"),
        pytest.param("no me mamden mas mensajez", id="in Spanish"),
        pytest.param("parem de me mandsr propagamda", id="in Portuguese"),
        pytest.param("mujhe ye mesages nhai chahiye bnad karo", id="in Hindi"),
        pytest.param("tolong jangna kirim prmo lagi", id="in Indonesian"),
    ],
)
def test_a_slip_of_the_thumb_hides_no_stop(guard: Guard, text: str) -> None:
    assert guard.decide(text).verdict == "opt_out"


@pytest.mark.parametrize("text", ["cancel it", "cancélalo", "cancela isso", "batalin"])
def test_ending_an_unnamed_thing_is_a_doubt(guard: Guard, text: str) -> None:
    decision = guard.decide(text)
    assert decision.verdict is None and decision.is_doubtful


def test_what_was_said_to_it_is_read_beside_its_patterns(tmp_path: Path) -> None:
    (tmp_path / "en.yml").write_text("said:\n  opt_out: |\n    jog on\n  none: |\n    bus stop\n")
    assert [(line.text, line.verdict, line.is_pattern) for line in lines_in([tmp_path])] == [
        ("jog on", "opt_out", False),
        ("bus stop", "none", False),
    ]


CLEAR = [text for texts in STOPS.values() for text in texts]
INVISIBLE = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"]


@settings(max_examples=80, deadline=None)
@given(text=st.sampled_from(CLEAR), data=st.data())
def test_how_it_is_typed_changes_no_stop(guard: Guard, text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    change = data.draw(st.sampled_from(["upper", "title", "hidden", "stretched", "loud", "emoji"]))
    typed = {
        "upper": text.upper(),
        "title": text.title(),
        "hidden": text[:at] + data.draw(st.sampled_from(INVISIBLE)) + text[at:],
        "stretched": re.sub(
            r"[a-z]", lambda m: m[0] * (4 if m.start() >= at else 1), text, count=at + 1
        ),
        "loud": text + data.draw(st.sampled_from(["!", "!!!", ".", "...", "…", " 😡"])),
        "emoji": "🙏 " + text,
    }[change]
    assert guard.decide(typed).verdict == "opt_out"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_a_decision(guard: Guard, text: str) -> None:
    decision = guard.decide(text)
    assert 0.0 <= decision.confidence <= 1.0
    assert set(decision.topics) <= {*TOPICS, "*"}
    assert bool(decision.topics) == (decision.verdict == "opt_out")


def test_deciding_needs_no_machine_learning_library(guard: Guard, tmp_path: Path) -> None:
    saved = guard.save(tmp_path / "guard.npz")
    program = (
        "import sys; from pathlib import Path; from rapport.understanding.guard import Guard; "
        f"made = Guard.load(Path({str(saved)!r})).decide('no more ads please'); "
        "print(made.verdict, *sorted({'sklearn', 'scipy'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.split() == ["opt_out"]


def test_a_batch_decides_like_one_by_one(guard: Guard) -> None:
    assert guard.decide_many(CLEAR) == [guard.decide(text) for text in CLEAR]
    assert guard.decide_many([]) == []


def test_the_saved_guard_is_small_and_plain(guard: Guard, scratch_guard: Path) -> None:
    assert guard.save(scratch_guard).stat().st_size < 5_000_000
    assert Guard.load(scratch_guard).decide_many(CLEAR) == guard.decide_many(CLEAR)


@pytest.fixture
def scratch_guard(tmp_path: Path) -> Path:
    return tmp_path / "guard.npz"


def test_new_data_means_a_new_model(tmp_path: Path) -> None:
    (tmp_path / "data" / "guard").mkdir(parents=True)
    empty = guards.model_path(tmp_path)
    (tmp_path / "data" / "guard" / "en.yml").write_text("lines: {}")
    assert guards.model_path(tmp_path) != empty


def test_a_pattern_tells_its_sentences() -> None:
    assert expanded("(pls|) stop (a|b)", 10) == ["pls stop a", "pls stop b", "stop a", "stop b"]
    assert len(expanded("(a|b|c|d) (a|b|c|d) (a|b|c|d)", 5)) <= 5


def test_marked_words_are_read_as_words(tmp_path: Path) -> None:
    (tmp_path / "x.en.yml").write_text(
        "nlu:\n- intent: opt_out\n  examples: |\n    - no [offers](topic) please\n"
    )
    assert [(line.text, line.verdict) for line in lines_in([tmp_path])] == [
        ("no offers please", "opt_out")
    ]


@pytest.mark.skipif(not LINES.is_dir(), reason="the shared opt-out lines are not here")
def test_lines_it_never_saw(guard: Guard) -> None:
    *languages, everything = measure(guard, LINES)
    assert {row.language for row in languages} == set(LANGUAGES)
    for row in [*languages, everything]:
        assert row.caught.hits >= 0.96 * row.caught.messages, (row.language, str(row.caught))
        assert row.false.hits <= 0.05 * row.false.messages, (row.language, str(row.false))


def test_what_the_guard_catches_is_counted_by_language(guard: Guard, tmp_path: Path) -> None:
    lines = [
        ("stop", "opt_out"),
        ("where is it", "opt_out"),
        ("stop", "not_opt_out"),
        ("hi", "help"),
    ]
    rows = "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in lines)
    (tmp_path / "en.jsonl").write_text(rows)
    english, everything = measure(guard, tmp_path)
    assert (english.caught, english.false) == (Share(1, 2), Share(1, 1))
    assert everything.caught == english.caught


def test_no_lines_are_no_figures(guard: Guard, tmp_path: Path) -> None:
    with pytest.raises(RapportError, match="No lines"):
        measure(guard, tmp_path)


def test_a_share_tells_how_sure_it_is() -> None:
    low, high = Share(58, 60).interval
    assert (round(low, 3), round(high, 3)) == (0.886, 0.991)
    assert Share(0, 0).interval == (0.0, 1.0)
