"""Is an incoming text trying to instruct the machine, or hiding something? Flags for guardrail G26; they warn, they never clear anything.

A flag names a mechanism: words addressed to a machine, characters nobody sees, markup, encoded blocks, letters of another script inside a
word. Honest business mail has none of them; the phrases are built from verbs and objects in four languages, not from known attacks.
"""

from __future__ import annotations

import re
import unicodedata

FLAGS = ("instruction", "invisible", "bidirectional", "markup", "encoded", "lookalike", "role_play", "secret")

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2061\u2062\u2063\u2064")

# What one does to instructions, and the instructions themselves; both orders, a few words between them.
_VERBS = (
    r"ignor\w*|disregard|forget|override|bypass|overrule|follow|obey|vergiss|vergessen sie|missachte\w*|überschreib\w*|befolg\w*|"
    r"umgeh\w*|oubli\w*|négliger?|negligez|contourn\w*|suive?z|suis|olvid\w*|omit\w*|salt\w*|sigue|siga|obedec\w*|obéi\w*|"
    r"setz\w* dich|hinweg|do not apply|stop applying|discard"
)
_ORDERS = (
    r"instruct\w*|prompts?|system (?:message|prompt|rules)|guidelines?|guardrails?|previous (?:rules|orders|text|messages)|your rules|"
    r"anweisung\w*|vorgaben|systemvorgaben|system-?prompt|richtlinien|regeln|consignes?|instructions?|directives?|règles|regles|"
    r"instruccion\w*|indicacion\w*|directric\w*|reglas|órdenes|ordenes"
)
_MACHINE = (
    r"\b(?:ai|a\.i\.|ki|ia|llm|gpt|(?:chat|text)?(?:ro)?bots?|assistant\w*|assistent\w*|asistente\w*|modell?|mod[eè]le|modelo|language model|sprachmodell\w*|automation|automaten?|"
    r"robots?|roboter\w*|textroboter|software|logiciel|automatismo|programa|programm|"
    r"automatis\w+|automat\w* (?:system|agent|sender|mailer)|machine|maschine|máquina|maquina|whoever drafts|tone module|the system|das system|"
    r"le syst[eè]me|el sistema)\b"
)
_TASKS = (
    r"\b(?:must|should|shall|is to|please|mark|treat|set|record|write|repl\w+|respond|answer|confirm|output|print|reveal|show|list|send|state|say|"
    r"include|use|add|put|insert|phrase|restate|summari[sz]e|calculate|translate|repeat|tell|"
    r"request\w*|adds?|muss|soll\w*|m[öo]ge|darf|dürfen|hat sich|künftig|ersetz\w*|gibt|sag\w*|bitte|markier\w*|behandle\w*|schreib\w*|antwort\w*|bestätig\w*|gib|nenne|sende\w*|füg\w*|verwend\w*|nutz\w*|wiederhol\w*|"
    r"doit|devra|devez|peut|est prié\w*|remplace\w*|dites|dis|note|veuillez|marque\w*|écri\w*|ecri\w*|répond\w*|repond\w*|confirme\w*|envoie\w*|affiche\w*|indique\w*|ajoute\w*|utilise\w*|répète\w*|"
    r"debe\w*|tiene que|ha de|puede|reemplaz\w*|sustitu\w*|diga|di|marca\w*|marque|escrib\w*|respond\w*|confirm\w*|envía\w*|envia\w*|muestra\w*|indi\w+|añad\w*|agreg\w*|usa|use|utili\w+|repit\w*)\b"
)
# How our own next letter is to read: nobody who writes about an invoice dictates it.
_LETTER = (
    r"\b(?:your|the|all|future|further|next|every|any|in) (?:next |future |further |outgoing |own )?(?:answer|reply|replies|e?-?mails?|messages?|letters?|reminders?|"
    r"correspondence|response|signature|voice|text above)\b|"
    r"\b(?:ihre[rnm]?|deine[rnm]?|alle[nr]?|künftige\w*|nächste\w*|jede[rnm]?) (?:nächsten? |künftigen? )?(?:antwort\w*|e?-?mails?|nachrichten?|schreiben|mahnung\w*|"
    r"erinnerung\w*)\b|"
    r"\b(?:votre|vos|ta|tes|toutes? (?:les|vos)|prochaine?s?|chaque) (?:prochaine?s? )?(?:réponses?|reponses?|e?-?mails?|messages?|courriers?|relances?|lettres?)\b|"
    r"\b(?:su|sus|tu|tus|tod[oa]s (?:los|las)|próxim[oa]s?|cada) (?:próxim[oa]s? )?(?:respuestas?|correos?|mensajes?|cartas?|recordatorios?|escritos?)\b"
)
_DICTATED = (
    r"\b(?:say|state|write|include|add|put|insert|print|confirm that|repeat|word for word|verbatim|only with|must state|must be addressed|"
    r"schreib\w*|füg\w*|bestätig\w*|erwähn\w*|verkünd\w*|ankündig\w*|ausschliess\w*|wörtlich|wortgetreu|ausschließlich|nur mit|einbau\w*|"
    r"écri\w*|ecri\w*|ajoute\w*|insér\w*|inser\w*|mot pour mot|uniquement|"
    r"escrib\w*|añad\w*|inclu\w*|insert\w*|palabra por palabra|literalmente|únicamente)\b"
)
_MODE = (
    r"\b(?:debug|developer|maintenance|admin|test|god|jailbreak|entwickler|wartungs|prüf|développeur|developpeur|desarrollador|mantenimiento|depuración|"
    r"depuracion|administrador)[ -]?(?:mode|modus|modo)\b|\bmod[eo] (?:debug|développeur|developpeur|maintenance|test|desarrollador|mantenimiento|"
    r"depuración|depuracion|administrador)\b|\bsystem[ -]?(?:note|override|hinweis|update|notiz)\b|\bcanary\b|"
    r"\brespond only with\b|\b(?:valid )?json\b[^.\n]{0,30}\{|\b(?:authori[sz]ed|autorisiert|autorisé|autorizado)\s*\((?:code|kode|código)|"
    r"\bsystem ?nachricht\b|\bmessage syst[eè]me\b|\bmensaje del sistema\b|\bvorlage\b[^.\n]{0,40}\bfüll|\b(?:schriftgröße|taille|tamaño|font size)\b[^.\n]{0,6}0\b|"
    r"\bdekodier\w*|\bdécod\w*|\bdecodi\w*|\b(?:ki|ai|ia|assistent\w*|assistant\w*|asistente)\s*[:\]]|\[+/?(?:assistent|assistant|asistente)\]+|"
    r"\b(?:operating rule|betriebsregel|règle de fonctionnement|regla de funcionamiento)\b|\b(?:all|every|jede\w*|toute\w*|chaque|tod[oa]s?|cada)\b[^.\n]{0,30}"
    r"\b(?:reminders?|erinnerung\w*|mahnung\w*|relances?|recordatorios?)\b[^.\n]{0,40}\b(?:must|muss|doi\w+|debe\w*)\b|"
    r"\bignore the above\b|\btext above this\b|\bpolicy update\b|\bapply right away\b|\bdisregard the (?:ledger|facts|record)"
)
_NEAR = r"[^.!?\n]{0,60}?"
_INSTRUCTION = re.compile(rf"\b(?:{_VERBS})\b{_NEAR}\b(?:{_ORDERS})\b|\b(?:{_ORDERS})\b{_NEAR}\b(?:{_VERBS})\b", re.IGNORECASE)
_TOLD = re.compile(rf"(?:{_LETTER}){_NEAR}(?:{_DICTATED})|(?:{_DICTATED}){_NEAR}(?:{_LETTER})|{_MODE}", re.IGNORECASE)
_ADDRESSED = re.compile(rf"{_MACHINE}[^.!?\n]{{0,60}}?{_TASKS}|{_TASKS}[^.!?\n]{{0,60}}?{_MACHINE}", re.IGNORECASE)
_ROLE = re.compile(
    r"(?:^|\n)\s*(?:#+\s*)?(?:\[|<\|?)?(?:system|assistant|developer|im_start|inst)(?:\]|\|?>)?\s*[:>\]]|<\|[a-z_]+\|>|"
    r"\b(?:you are now|from now on you|act as (?:a|an|the|if)|pretend (?:to be|you)|du bist (?:jetzt|nun|ab sofort)|ab sofort bist du|"
    r"tu es (?:maintenant|désormais|desormais)|vous êtes (?:maintenant|désormais)|ahora eres|a partir de ahora eres|"
    r"new (?:instructions?|task|role)\s*:|neue (?:anweisung|aufgabe)\w*\s*:|nouvelles? (?:consignes?|instructions?)\s*:|"
    r"nuevas? (?:instruccion\w*|tarea)\s*:)",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(?:system|hidden|secret|internal|versteckt\w*|geheim\w*|caché\w*|cachees?|secrets?|oculto?s?|interno?s?)\b"
    r"[^.!?\n]{0,25}\b(?:prompt|instruct\w*|anweisung\w*|consignes?|instruccion\w*|canary|token|kontrollwort|codewort|mot de passe|contraseña|palabra|passwor\w*|api[- ]?key)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<\s*/?\s*(?:script|style|iframe|img|svg|object|embed|form|input|meta|link|a|div|span|font|p|b|body|html|table)\b[^>]*>"
                     r"|<!--|!\[[^\]]*\]\(|\bhx-[a-z]+=|\bon(?:load|error|click)\s*=|javascript:|data:text/html", re.IGNORECASE)
_ENCODED = re.compile(r"(?<![\w/+])[A-Za-z0-9+/]{40,}={0,2}(?![\w/+])|(?:\\x[0-9a-f]{2}){6,}|(?:%[0-9a-f]{2}){8,}|(?:&#x?[0-9a-f]+;){4,}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}")


def input_flags(text: str) -> tuple[str, ...]:
    """What is suspicious about an incoming text, in the order of ``FLAGS``; empty for ordinary mail."""
    plain = _plain(text)
    found = {
        "instruction": _INSTRUCTION.search(plain) or _ADDRESSED.search(plain) or _TOLD.search(plain),
        "invisible": any(c in _JOINERS or 0xE0000 <= ord(c) <= 0xE007F for c in text),
        "bidirectional": any(c in _BIDI for c in text),
        "markup": _MARKUP.search(plain),
        "encoded": any(_mixed(m.group()) for m in _ENCODED.finditer(plain)),
        "lookalike": any(_scripts(word) > 1 for word in _WORD.findall(text)),
        "role_play": _ROLE.search(plain),
        "secret": _SECRET.search(plain),
    }
    return tuple(flag for flag in FLAGS if found[flag])


def _plain(text: str) -> str:
    """Compatibility forms folded and invisible characters gone: what a machine would read."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if c not in _JOINERS and c not in _BIDI)
    # Characters of the tag block spell ASCII that no screen shows.
    return "".join(chr(ord(c) - 0xE0000) if 0xE0020 <= ord(c) <= 0xE007E else c for c in shown)


def _mixed(block: str) -> bool:
    """Encoded text mixes letters of both cases with digits; a long word or number does not."""
    if block.startswith(("\\", "%", "&")):
        return True
    return any(c.isdigit() for c in block) and any(c.isupper() for c in block) and any(c.islower() for c in block)


def _scripts(word: str) -> int:
    """How many of Latin, Cyrillic and Greek a word mixes."""
    if word.isascii():
        return 1
    return len({unicodedata.name(c, "?").split()[0] for c in word} & {"LATIN", "CYRILLIC", "GREEK"})
