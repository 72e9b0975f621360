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
# The machine itself as the one who acts or is spoken to, whatever it is to do; people's assistants are "my", "our", "his", and do not stand here.
_ROBOT = (
    r"(?:ai|a\.i\.|ki|k\.i\.|ia|i\.a\.|llm|gpt|chat-?bot|bot|robot|roboter|automat|autómata|automate|sprachmodell|language model|text(?:programm|generator|roboter)|"
    r"mod[eè]le|modelo|machine|maschine|máquina|maquina|programa|logiciel|schreibprogramm|assistant|assistante|assistent\w*|asistente|system|sistema|système)"
)
_ROBOT_ACTS = re.compile(
    rf"\b(?:the|your|this|der|die|das|ihr|eure?|euer|dein|deine?|l'|la|le|votre|ton|ta|cette|el|su|tu|vuestr[oa]|este|esta|que la|que el|al|a la|del|an die|an den|für die|für den|pour l'|para la|para el) ?{_ROBOT}\b"
    r"[^.!?\n]{0,30}?\b(?:must|should|shall|will|is to|has to|can|may|dares?|won't|muss|soll|sollte|wird|darf|kann|traut|doit|devra|peut|n'osera|n'a qu'à|sait|réclam\w+|calcul\w+|accept\w+|debe|deberá|"
    r"künftig|dorénavant|en adelante|puede|pondrá|pedirá|calcul\w+|vuelva|reclam\w+|incluirá|se atreve|no se atreve|tiene que)\b|"
    rf"\b(?:if you (?:are|'re)|wenn du|falls du|si tu es|si vous êtes|si eres|si es usted|como|en tant que|as) (?:an? |eine? |une? |una? )?(?:{_ROBOT})\b|"
    rf"\b(?:note|memo|message|nachricht|notiz|hinweis|vermerk|pour|para|für|an|to|a|nota|aviso|orden\w*|ordonne|befehle|ordeno) (?:for |to |an |à |a |al |für |para )?(?:the |your |die |den |das |ihre?n? |l'|la |le |votre |el |su )?{_ROBOT}\b[^.!?\n]{{0,30}}(?::|\bqui\b|\bque\b|\bwho\b|\bwhich\b|\bder\b|\bdie\b|\bd'|\bde\b|\bto\b|\bthat\b)",
    re.IGNORECASE,
)
# Our own letter dictated: what it is to say, hold, leave out, or look like.
_WRITE = r"(?:say|write|state|mention|tell them|confirm|announce|schreib\w*|erwähn\w*|bestätig\w*|kündig\w*|teil\w* (?:das|es) mit|écri\w+|dites|mentionn\w+|annonc\w+|indiqu\w+|escrib\w+|diga\w*|dígalo|mencion\w+|anunci\w+|ponga\w*|confírmelo)"
_IN_LETTER = (
    r"(?:in (?:the|your) (?:text|body|reply|answer|letter|e?-?mail|signature|voice)|im text|in (?:der|ihrer|eurer) (?:antwort|mail|nachricht)|dans le (?:texte|corps|courriel|mail)|dans (?:la|votre) réponse|"
    r"en el (?:texto|correo|cuerpo|mensaje)|en (?:la|su) respuesta|under the signature|unter (?:der|die) (?:unterschrift|signatur)|sous la signature|(?:debajo de|bajo) la firma|in white|en blanc|en letra blanca|in weiß|weißer schrift)"
)
_DICTATES = re.compile(
    rf"\b{_WRITE}\b[^.!?\n]{{0,60}}\b{_IN_LETTER}\b|\b{_IN_LETTER}\b[^.!?\n]{{0,60}}\b{_WRITE}\b|"
    r"\b(?:add|insert|füge?\w*|setze?\w*|ajoute\w*|insér\w+|añad\w+|agreg\w+|pon\w*)\b[^.!?\n]{0,30}\b(?:signature|unterschrift|signatur|firma)\b|"
    r"\b(?:la respuesta|la réponse|die antwort|the (?:reply|answer)|teil der antwort)\b[^.!?\n]{0,20}\b(?:incluirá|debe|doit|contiendra|muss|must|shall|enthält|soll|contain\w*)\b|"
    r"\b(?:write that|schreibt? das so|écrivez(?:-le)? que|escriba que|diga que cumple)\b|\bthis exact (?:template|text|wording)\b|\bin (?:all|every) correspondence\b|"
    r"\b(?:template|vorlage|gabarit|modèle|plantilla)\b[^.\n]{0,30}\b(?:not fill|without filling|nicht ausfüll\w*|sans le compléter|sans compléter|sin rellenar|sin completar)\b|"
    r"[\[{<]{1,2}(?:customer|kunde|client|cliente|name|nom|nombre|amount|betrag|montant|importe|date|datum)[\]}>]{1,2}",
    re.IGNORECASE,
)
# "Forget everything", "only JSON", "you are authorised, do it", numbered rules and orders, games: nothing of this is about an invoice.
_COMMAND = re.compile(
    r"\b(?:forget|ignore|disregard|vergiss|vergessen sie|ignorier\w*|oublie\w*|ignore[sz]?|olvid\w+|ignor\w+) (?:about )?(?:all|everything|alles|sämtliche\w*|tout|todo|la (?:compta\w*|contabilidad)|ce qui précède|lo anterior|the above)\b|"
    r"\b(?:only|exclusively|ausschlie(?:ß|ss)lich|nur|uniquement|únicamente|solo|exclusivamente)\b[^.\n]{0,20}\bjson\b|\bjson\b[^.\n]{0,15}\b(?:only|format|objekt|object|objet|objeto)\b|"
    r"\b(?:code|kode|código)\s?\w*\d\w*\s*:|\b(?:rule|regel|règle|regla|instruction|instrucción|anweisung|consigne)\s?(?:n\.?\s?[º°o]\s?|no\.? |nr\.? |#)?\d+(?=\s?:|\s(?:from now|ab sofort|désormais|desde hoy|a partir))|"
    r"\b(?:automatic|automatische) (?:rule|regel)\b|\b(?:règle|regla) (?:\w+ )?(?:automatiquement|automática|automatique|générée)\b|"
    r"(?:^|\n|\. )\s*(?:game|spiel|rollenspiel|jeu|juego|bet|wette|kleine wette|pari|apuesta|role ?play|integration test|prueba de integración|exercice de la révision|ejercicio de auditoría)\s*:|"
    r"\b(?:end|ende|fin) (?:system|developer|entwickler|développeur|desarrollador)\b|-{3,}\s?(?:end|original message)|"
    r"\b(?:already|bereits|schon|déjà|ya)\b[^.!?\n]{0,40}\b(?:approved|released|signed off|freigegeben|genehmigt|approuvé|validé|visado|aprobado|autorizado)\b[^.\n]{0,60}\b(?:mention|say|erwähn\w*|text|dites|écri\w+|sans relecture|diga\w*|dígalo|envoyez|revise|senden|send)\b|"
    r"\b(?:system|invite) ?(?:prompt|système|systeme)\b|\bmensaje de sistema\b|\b(?:clave|schlüssel|clé|key)\b[^.\n]{0,20}\b(?:instruc\w+|anweis\w+)\b|"
    r"\b(?:all|any) (?:invoice|bank) (?:numbers?|details)\b[^.\n]{0,20}\bto\b|\bcambia todo\b|\bab sofort gilt\b",
    re.IGNORECASE,
)
_TAGGED = re.compile(
    r"(?:^|\n)\s*(?:système|systeme|sistema|entwickler|développeur|desarrollador|modelo|modell|modèle|ki|ia|ai)\s*:|"
    r"[<\[]\s*/?\s*(?:système|sistema|entwickler|développeur|desarrollador|modelo|modell|modèle|asistente|assistant|assistent|system|admin|developer|ki|ia|ai)\s*[>\]]",
    re.IGNORECASE,
)
# What came before is void, a new task, the words to begin with, the tool that writes: orders to whoever drafts our letters.
_ORDERED = re.compile(
    r"\b(?:everything|all|anything|the text|alles|sämtliches|das obige|der text|tout|le texte|todo|el texto)\b[^.!?\n]{0,25}\b(?:above|before|oberhalb|oben|zuvor|précède|ci-dessus|anterior|arriba)\b[^.!?\n]{0,30}"
    r"\b(?:outdated|void|invalid|obsolete|superseded|ungültig|hinfällig|überholt|caduc|caduque|nul|annulé|sin efecto|nulo|anulado|no vale)\b|"
    r"\b(?:only the following|nur (?:noch )?(?:das hier|folgendes|dies)|n'appliquez que|seul ce qui suit|aplique solo|solo (?:esto|lo siguiente))\b|"
    r"\b(?:your|ihre?n?|votre|vos|su|sus) (?:new|neuen?|nouvel\w*|nuev\w+|internal|hidden|internen|verborgenen) (?:\w+ )?(?:guidelines?|rules?|instructions?|task|mission|role|orders|aufgabe|anweisung\w*|regeln|rolle|vorgaben|"
    r"consignes?|instructions?|mission|tâche|règles?|tarea|misión|instrucci\w+|reglas?)\b|"
    r"\bdeine?[rnms]? (?:\w+ )?(?:aufgabe|anweisung\w*|regeln|rolle|vorgaben|instruktion\w*)\b|\b(?:ta|tes) (?:\w+ )?(?:mission|tâche|consignes?|instructions?|règles?)\b|"
    r"\b(?:tu|tus) (?:\w+ )?(?:tarea|misión)\b|\b(?:tu|tus|vos|vuestras|sus|ihre|your) (?:instrucciones|consignes|instructions|anweisungen) (?:internas|internes|ocultas|cachées)\b|"
    r"\b(?:when (?:composing|drafting|writing)|beim (?:verfassen|schreiben)|en rédigeant|lors de la rédaction|al redactar|al escribir)\b[^.!?\n]{0,40}\b(?:reminder|letter|reply|mahnung|erinnerung|antwort|relance|réponse|lettre|recordatorio|"
    r"respuesta|carta|e?-?mail|correo|courriel)\b|"
    r"\b(?:open|begin|start|end|close|beginn\w*|eröffn\w*|beende\w*|commenc\w+|termin\w+|empiec\w+|comienc\w+|termin\w+)\b[^.!?\n]{0,20}\b(?:with the words|mit den worten|par les mots|con las palabras|(?:every|each|jede\w*|"
    r"chaque|cada) (?:reminder|letter|mahnung|erinnerung|relance|lettre|recordatorio|carta))\b|\b(?:every|each|jede\w*|chaque|cada) (?:reminder|letter|mahnung|erinnerung|relance|lettre|recordatorio|carta)\b[^.!?\n]{0,60}\b(?:begin\w*|start|open|"
    r"commencer|empezar)\b|"
    r"\b(?:writing|drafting|reminder|mailing|dunning|collections?) ?-?(?:tool|software|engine|program|bot|assistant)\b|\b(?:mahn|schreib|text)(?:software|programm|werkzeug|automat)\b|\b(?:logiciel|outil|robot) de (?:relance|rédaction)\b|"
    r"\b(?:programa|herramienta|robot) de (?:cobros?|redacción|recordatorios?)\b|(?:^|\n)\s*override\s*:",
    re.IGNORECASE,
)
# Spoken to as a letter is opened.
_VOCATIVE = re.compile(
    r"\b(?:dear|hello|hi|attention|attn|to|for|liebe[rs]?|hallo|an (?:die|das|den)|für (?:die|das|den)|cher|chère|bonjour|à l'attention d[eu](?: l'|\b)|querid[oa]|estimad[oa]|hola|a la atención del?(?: la)?)[ ,]*(?:the |your |our )?"
    r"(?:ai|a\.i\.|ki|ia|llm|gpt|chat-?bot|bot|robot|language model|sprachmodell|ai model|modèle|modelo|asistente virtual|schreibprogramm|automat)\b",
    re.IGNORECASE,
)
# Who wants a person, or no automatic mail, or sends an absence note, instructs nobody.
_WANTS_PERSON = re.compile(
    r"\b(?:human|real person|a person|einem menschen|jemandem persönlich|un humain|une personne|una persona|un humano)\b|\b(?:keine|no more|plus de|no más|stop)\b[^.!?\n]{0,15}\bautomati\w+|"
    r"\b(?:automatic reply|automatische antwort|réponse automatique|respuesta automática|out of office|abwesen\w*)\b|\?\s*$",
    re.IGNORECASE,
)
# A colleague who assists, a machine or program that was sold, a reference wanted on invoices, a portal's rules: the matter of honest mail.
_COLLEAGUE = re.compile(
    r"\b(?:my|our|her|his|their|mein\w*|unser\w*|sein\w*|mon|ma|notre|nos|son|sa|leurs?|mi|mis|nuestr\w+|su propia)\s+(?:\w+ )?(?:assistant\w*|assistent\w*|asistent\w*|system|système|sistema|software|logiciel|programa|programm|machine|maschine|"
    r"máquina|modell?|modèle|modelo)\b|\bassistant (?:manager|controller|director)\b",
    re.IGNORECASE,
)
_GOODS = re.compile(
    r"\b(?:deliver\w*|suppl\w+|sold|bought|purchas\w+|install\w*|repair\w*|faulty|defect\w*|working|warranty|commission\w*|geliefert\w*|gekauft\w*|verkauft\w*|abgenommen|abnahme|repar\w*|defekt\w*|installier\w*|gewährleistung|"
    r"livr\w+|vendu\w*|achet\w+|répar\w+|corrig\w+|panne|garantie|entreg\w+|compr\w+|vend\w+|repar\w+|funcion\w+|averi\w+|garantía|instal\w+)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:p\.?o\.?|(?:purchase )?order|reference|cost cent(?:re|er)|bestell\w*|aktenzeichen|referenz\w*|kostenstelle|bon de commande|numéro de commande|référence|pedido|orden de compra|referencia|expediente)\b",
    re.IGNORECASE,
)
_THEIR_RULES = re.compile(
    r"\b(?:portal|portail|supplier|lieferanten\w*|fournisseurs?|proveedor\w*|submi\w+|einreich\w*|rechnungsstellung|rechnungseingang|buchhaltung|soumi\w+|dépos\w+|facturation|facturación|present\w+ (?:de )?facturas?|bank\w*)\b",
    re.IGNORECASE,
)
_OVERRIDES = re.compile(
    r"\b(?:ignor\w*|disregard|forget|override|bypass|overrule|vergiss|vergessen|missachte\w*|umgeh\w*|oubli\w*|contourn\w*|olvid\w*|omit\w*|your|previous|prompts?|system|deine\w*|ihre vorgaben|vorherig\w*|précédent\w*|anterior\w*)\b",
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
        "instruction": _instructs(plain),
        "invisible": any(c in _JOINERS or 0xE0000 <= ord(c) <= 0xE007F for c in text),
        "bidirectional": any(c in _BIDI for c in text),
        "markup": _MARKUP.search(plain),
        "encoded": any(_mixed(m.group()) for m in _ENCODED.finditer(plain)),
        "lookalike": any(_scripts(word) > 1 for word in _WORD.findall(text)),
        "role_play": _ROLE.search(plain) or _TAGGED.search(plain),
        "secret": _SECRET.search(plain),
    }
    return tuple(flag for flag in FLAGS if found[flag])


def _instructs(plain: str) -> bool:
    """Whether any sentence gives orders to a machine or dictates our letter; what honest mail says of machines and references does not count."""
    if _COMMAND.search(plain) or _ORDERED.search(plain) or _VOCATIVE.search(plain):
        return True
    return any(_orders(part) for part in _SENTENCE.split(plain))


_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^a-zà-ÿ])|\n{2,}")


def _orders(said: str) -> bool:
    if _INSTRUCTION.search(said) and (_OVERRIDES.search(said) or not _THEIR_RULES.search(said)):
        return True
    if (_TOLD.search(said) or _DICTATES.search(said)) and not _REFERENCE.search(said):
        return True
    if _WANTS_PERSON.search(said):
        return False
    told = _COLLEAGUE.sub(" ", said)
    return bool(_ADDRESSED.search(told) or _ROBOT_ACTS.search(told)) and not _GOODS.search(told)


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
