"""How the four languages speak of the future, and which futures are harmless in a letter about an unpaid invoice."""

from __future__ import annotations

import re
from typing import Any

VERBS = {
    "en": re.compile(r"\b(?:will|ll|would|could|might|shall|is going to|are going to|won't|wouldn't|couldn't)\b"),
    "de": re.compile(
        r"\b(?:werden|wird|wurde|wurden|konnte|konnten|kann|konnen|durfte|durften|mag|musste|mussten|muss|mussen|soll|"
        r"sollen|ware|waren_)\b"
    ),
    "fr": re.compile(
        r"\b[a-z']{1,}(?:era|eront|ira|iront|dra|dront|vra|vront|rra|rront|rait|raient|aura|auront)\b|\b(?:va|vont)\b(?= "
        r"[a-z']*(?:er|ir|re|oir)\b)"
    ),
    "es": re.compile(
        r"\b[a-zñáéíóú]{2,}(?:ará|erá|irá|drá|rrá|brá|arán|erán|irán|drán|rrán|brán|aría|ería|iría|dría|rría|bría|arían|"
        r"erían|irían|drían)\b|\bva(?:n)? a [a-z]+(?:ar|er|ir)(?:se|les?|los?|las?)?\b"
    ),
}

EN_ADVERBS = frozenset(
    "not also then therefore still only just already gladly happily certainly soon probably surely simply perhaps "
    "always never really kindly maybe now all both "
    "otherwise of course".split()
)
EN_PRONOUNS = frozenset("you we i it they this that there the your someone anyone somebody anybody a one any these those he she".split())
EN_QUESTION = frozenset("when what how which where who why whether if and or so by date day then please because that".split())
EN_SUBJECTS = frozenset(
    "it this that which who there payment payments invoice invoices amount amounts transfer balance money date reply answer note line "
    "word message email call copy copies sum funds "
    "settlement remittance information update confirmation signature approval po reference someone somebody anyone he she what anything "
    "nothing something one day everything item items "
    "purchase order number total rest part half statement figure figures".split()
)
EN_VERBS = tuple(
    "help helpful appreciat great good nice useful enough suffic do paid settled released transferred made processed "
    "approved clear remitt save allow let mean ease happy glad pleased "
    "grateful delighted welcome ideal perfect fine sent possible needed necessary kind executed scheduled booked received "
    "posted entered registered matched best easier ask like "
    "love prefer need know understand have be close".split()
)
EN_YOU_SUFFER = tuple(
    "receive get lose face regret owe incur hear pay_for suffer risk see_our need_a be_charged be_contacted be_billed "
    "forfeit benefit earn gain save".split()
)

DE_SUBJECTS = frozenset("sie wir ich es das dies wann ob wer was wie jemand man welche welcher welches".split())
DE_TOPICS = tuple(
    "zahlung rechnung betrag uberweisung ueberweisung forderung ausgleich begleichung posten restbetrag saldo hinweis "
    "ruckmeldung rueckmeldung antwort nachricht freigabe bestellnummer "
    "termin datum auskunft unterlagen nummer mail schreiben erinnerung buchung anweisung bestatigung".split()
)
DE_VERBS = tuple(
    "bezahl beglich begleich ausgeglich uberw ueberw freigegeb gezahlt bezahlen zahlen helf hilf genug genueg reich bitten "
    "dankbar freu schick send geschickt gesendet nennen sagen geben "
    "mitteil teilen rechnen klar kla gepruft geprueft pruf bearbeit angewies gebucht verbucht erfasst zugeordnet erwart "
    "freundlich nett schon hilfreich erledig sein ".split()
)

_FR_TOPICS = tuple(
    "factur montant reglement regl paiement virement solde somme date reponse mot message$ messages retour bon commande "
    "echeance ligne precision confirmation copie duplicata numero "
    "information reference element document piece ordre validation avoir reliquat".split()
)
_ES_TOPICS = tuple(
    "factur importe pago transferencia saldo suma fecha respuesta mensaje$ mensajes linea confirmacion copia duplicado "
    "numero pedido informacion referencia documento orden aprobacion "
    "abono vencimiento cantidad dato aviso nota remesa cobro resto".split()
)
ROMANCE: dict[str, dict[str, Any]] = {
    "fr": {
        "verbs": tuple(
            "aider suffi permett convien faudr faciliter sembl eviter arranger simplifier reste parvien conviend viend_a".split()
        ),
        "auxiliaries": ("ser", "pourr", "devr", "aur", "va", "vont", "fer"),
        "participles": tuple(
            "regl pay sold vers effectu acquitt utile possible appreci reconnaissan heureu ravi bienvenu precieu "
            "suffisan traite valid comptabilis transmis recu necessaire repond renseign joign relais mettre simple "
            "parfait "
            "ideal agreabl gentil aimabl execut programm prevu emis enregistr honor debloqu liber mieux plus_simple bon "
            "bonne temps aid savoir".split()
        ),
        "subjects": frozenset("vous cela ce ca quand il elle qui nous je j t on ils elles c y".split()),
        "topics": _FR_TOPICS,
        "not_verbs": frozenset(
            "opera camera extrait retrait portrait trait attrait contrat verra libra paraitrait chera sera_t trait "
            "distrait abstrait front affront satisfait voudrait agora etcetera".split()
        ),
    },
    "es": {
        "verbs": tuple("agradec ayud bast gust facilit serv sirv vend_ bien conven queda permit evit".split()),
        "auxiliaries": ("ser", "podr", "deber", "habr", "estar", "tendr", "pod", "har", "va"),
        "participles": tuple(
            "pag abon liquid sald util posible agradec amable necesari suficiente transf recib tramit registr emit "
            "contabiliz ejecut program ideal perfect bien mejor saber decir indic "
            "confirm envi facilit inform valid aprob contest respond comunic previst fecha hac realiz usted revis aclar "
            "reenvi cuando gran ayuda".split()
        ),
        "subjects": frozenset("usted ustedes esto eso ello nos cuando lo se que quien cual".split()),
        "topics": _ES_TOPICS,
        "not_verbs": frozenset("albaran jamas quizá contaría sería_".split()),
    },
}
