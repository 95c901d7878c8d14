"""Words that say stop, start or help beyond doubt, whatever the language of the conversation.

Only a whole message counts, so that "the parcel should stop at my door" is never a stop. Sources: FCC 47 CFR 64.1200(a)(10)
(stop, quit, end, revoke, opt out, cancel, unsubscribe), Twilio and AWS for English, hellomateo for German,
Notifycame and Wati for Spanish, Anatel 2012 for Portuguese, bitbybit for Indonesian; the others are ordinary usage.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from itertools import groupby


class Keyword(str, Enum):
    """What an unmistakable message asks for."""

    STOP = "stop"
    STOP_ALL = "stop_all"
    START = "start"
    HELP = "help"


def unmistakable(text: str) -> Keyword | None:
    """The keyword that `text` is and nothing else, or None.

    A stop may be polite ("please stop", "stop bitte"), stretched, spaced out, repeated or decorated. A start must be bare,
    because it may raise consent; "yes" is no start, because it answers whatever was asked last.
    """
    if len(text) > _LONGEST:
        return None
    words = folded_words(text)
    if not words:
        return _SIGNS.get(_bare_sign(text))
    bare = " ".join(words)
    is_question = "?" in unicodedata.normalize("NFKC", text)
    if bare in _START and not is_question:
        return Keyword.START
    if bare in _HELP:
        return Keyword.HELP
    return _stop(words, is_question=is_question)


_LONGEST = 120


def _stop(words: list[str], *, is_question: bool) -> Keyword | None:
    bare, courteous = " ".join(words), " ".join(_without_courtesy(words))
    if _is_nearly(courteous, _ONLY_STOP):
        return Keyword.STOP
    if is_question:
        return None
    if courteous in _STOP_ALL:
        return Keyword.STOP_ALL
    return Keyword.STOP if courteous in _STOP or bare in _STOP_IF_BARE else None


def folded_words(text: str) -> list[str]:
    """Folded words: no case, marks of Latin letters, signs, stretched letters ("stooop") or spaced ones ("s t o p")."""
    plain = text.lower() if text.isascii() else _plain(text)
    words = _STRETCHED.sub(r"\1", plain.translate(_SEEN)).split()
    return _rejoined([word for word, _ in groupby(words)])


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return _JOINERS.sub("", unicodedata.normalize("NFC", _LATIN_MARKS.sub("", folded)))


_LATIN_MARKS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_JOINERS = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


class _Seen(dict[int, int]):
    """Letters as they are and blanks for all else, each common character looked up once."""

    def __missing__(self, code: int) -> int:
        # Marks are letters too: without its vowel signs a Hindi word is another word.
        seen = code if unicodedata.category(chr(code))[0] in "LMN" else ord(" ")
        if code <= _LAST_COMMON:
            self[code] = seen
        return seen


_LAST_COMMON = 0xFFFF
_SEEN = _Seen()


def _rejoined(words: list[str]) -> list[str]:
    whole = "".join(words)
    if len(words) > 2 and all(len(word) == 1 for word in words):
        return [whole]
    return [whole] if whole in _OFTEN_SPLIT else words


def _bare_sign(text: str) -> str:
    return "".join(sorted(set(_JOINERS.sub("", text)) - set(" \n\t!.")))


def _without_courtesy(words: list[str]) -> list[str]:
    """`words` without polite ones at either end, as long as something else is left."""
    for size in range(1, min(_LONGEST_COURTESY, len(words) - 1) + 1):
        if tuple(words[:size]) in _COURTESIES:
            return _without_courtesy(words[size:])
        if tuple(words[-size:]) in _COURTESIES:
            return _without_courtesy(words[:-size])
    return words


def _is_nearly(word: str, known: frozenset[str]) -> bool:
    return word in known or any(len(k) > 7 and _one_slip_apart(word, k) for k in known)


def _one_slip_apart(a: str, b: str) -> bool:
    """Whether a letter after the first is missing, too many or wrong, or two neighbours are swapped."""
    if abs(len(a) - len(b)) > 1 or a[:1] != b[:1]:  # "resuscribir" is no "desuscribir"
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if start is None:
        return True
    a, b = a[start:], b[start:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    return swapped or a[1:] == b or a == b[1:] or a[1:] == b[1:]


def _folded(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(folded_words(word)) for line in lines for word in line.split(","))


_OFTEN_SPLIT = frozenset({"stop", "unsubscribe"})

_SIGNS = {"🛑": Keyword.STOP, "🆘": Keyword.HELP}

_ONLY_STOP = _folded(
    "unsubscribe,unsubscribe me,unsub,opt out,optout,opt me out,stpo,sotp",
    "infostop,desuscribir,desuscribirme,desubscribir,darme de baja",
    "descadastrar,me descadastrar,desinscrever,descadastre",
    "unreg,berhenti berlangganan,batal langganan,berhenti langganan",
    "unsubscribe karo,unsubscribe kar do,start dnd,start 0",
)
"""Mean nothing else in any conversation, so one slip of the finger and a question mark are forgiven.

Towards India's register 1909, START 0 and START DND block.
"""

_STOP = _folded(
    "stop,stop messages,stop promotions,stop promos,remove me",
    "stopp,abmelden,abmeldung,abbestellen,austragen,aufhören,aufhoeren,stoppen",
    "parar,detener,detener promociones,detener mensajes,quiero darme de baja,baja por favor,baja porfa",
    "sair,pare,parar mensagens,quero sair,parem",
    "berhenti,berenti,brhenti,hentikan,stop langganan,stop promo",
    "band karo,band kro,bnd kro,bnd karo,bund karo,band kar do,band kardo,band kijiye,band karen",
    "stop karo,stop kar do,stop kro,dnd",
    "बंद,बंद करो,बंद करें,बंद कर दो,बंद कीजिए,बन्द करो,रोकें,रोको,स्टॉप,स्टॉप करो",
)

_STOP_IF_BARE = _folded(
    "cancel,end,quit,revoke,remove,ende,cancelar,remover,keluar,baja,alto,no más,ya no más"
)
"""Also said of orders, prices and lists; alone they withdraw consent, with a word beside them the person is asked."""

_STOP_ALL = _folded(
    "stopall,stop all,stop everything,stop all messages,unsubscribe all,unsubscribe from all",
    "unsubscribe from everything,opt out all,opt out of all,opt out of everything,unsub all",
    "stop alles,alles stop,stopp alles,alles stoppen,alles abbestellen,alles abmelden",
    "von allem abmelden,alle nachrichten abbestellen",
    "parar todo,stop todo,detener todo,alto todo,baja de todo,darme de baja de todo,baja total",
    "parar tudo,pare tudo,stop tudo,sair de tudo,descadastrar tudo,descadastrar de tudo",
    "stop semua,berhenti semua,hentikan semua,unreg all,unreg semua,unsub semua",
    "sab band karo,sab band kar do,sab kuch band karo,sab kuch band kar do,stop sab,sab stop karo",
    "सब बंद करो,सब बंद करें,सब बंद कर दो,सब कुछ बंद करो,सब कुछ बंद करें,सब कुछ बंद कर दो",
)

_START = _folded(
    "start,unstop,subscribe,resubscribe,opt in,optin,infostart",
    "alta,iniciar,comenzar,suscribir,suscribirme,inscrever",
    "mulai,chalu karo,shuru karo,चालू करो,शुरू करो,शुरू करें",
)

_HELP = _folded("help,info,hilfe,ayuda,ajuda,bantuan,madad,मदद,सहायता,हेल्प")

_COURTESIES = frozenset(
    tuple(phrase.split())
    for phrase in _folded(
        "please,pls,plz,kindly,ok,okay,now,just,thanks,thank you,thx,sir,bitte,danke,jetzt",
        "por favor,porfavor,porfa,pf,pfv,gracias,ya,obrigado,obrigada,agora",
        "tolong,mohon,dong,min,kak,terima kasih,makasih,sekarang",
        "bhai,yaar,ji,kripya,abhi,dhanyavad,कृपया,प्लीज,प्लीज़,धन्यवाद,अभी,जी",
    )
)
_LONGEST_COURTESY = max(map(len, _COURTESIES))
