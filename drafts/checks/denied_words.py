"""Words with which plans, credit notes and disputes are denied, in the folded form of the four languages."""

from __future__ import annotations

import re

NEG = (
    r"\b(?:not|never|no|none|nothing|nobody|neither|nor|without|unable|unaware|cannot|nicht|nichts|nie|niemals|niemand|kein\w*|weder|ohne|"
    r"pas|jamais|rien|personne|aucun\w*|nulle?|nullement|ni|sans|nunca|jamas|nada|nadie|ningun\w*|tampoco|sin)\b|n't\b"
)
NEG_BEFORE = (
    r"no|without|lack(?:ing)? (?:of )?|absence of|devoid of|free of|zero|neither|keine\w*|kein|keinerlei|ohne|mangels|weder|nichts von|von keine\w*|"
    r"aucun|aucune|nul|nulle|moindre|pas d'|pas de|plus de|plus d'|plus aucun|jamais d'|jamais de|d'aucun\w*|sans|absence d'|absence de(?: tout\w*)?|defaut d'|defaut de|faute d'|faute de|"
    r"ningun|ninguna|sin|falta de|ausencia de|carece de|ausencia total de|ni"
)
NEG_SUBJECT = (
    r"\b(?:none|nothing|nobody|no one|neither|never|no part|not (?:one|a single)|kein\w*|niemand|nichts|nie|niemals|zu keiner zeit|personne|rien|jamais|aucun\w*|"
    r"nulle?|ningun\w*|nadie|nada|nunca|jamas)\b"
)
EXISTS = (
    r"(?:agree|grant|consent|conclu|approv|issue|rais|record|regist|exist|receiv|reach|hear\b|heard|aware|know|trace|find|found|creat|made|given|give\b|"
    r"post|accept|enter|sign(?:ed)? off|bekommen|question d|consenti|effectu|lodg|fil(?:e|ed)\b|book|arriv|tell|told|inform|notif|report|"
    r"vereinbart|getroffen|geschlossen|zugestimmt|bewillig|gewahr|eingeraumt|besteh|existier|vorlieg|vorhanden|bekannt|wissen|erteilt|ausgestellt|erstellt|"
    r"erfolgt|gebucht|gutgeschrieben|erhob|erhalten|eingegangen|geaus|mitgeteilt|gemeldet|geltend|hinterlegt|zugesagt|vorgebracht|ersichtlich|"
    r"conven|conclu|accord|autoris|obten|consent|emis|etabli|recu|parven|figur|connais|connu|eu\b|formul|signal|souleve|transmis|mis en place|"
    r"pactad|acordad|convenid|autoriz|concedi|firmad|emitid|expedid|hecho|existe|const|registrad|recibi|llegad|formulad|presentad|notificad|"
    r"comunicad|puesto|tenemos|aprobad)\w*"
)
FINITE = "wissen|besteht|bestand|existiert|liegt|liegen|lag|gibt|gab|kennen|weist|findet"
PLAN = (
    r"deal to spread|repayment agreements?|agreement to (?:pay|spread)|reglement echelonne|paiements? echelonnes?|accord d'echeances?|por partes|payment plans?|repayment plans?|instal+ments?(?: \w+)?|arrangements?|payment schedule|agreed schedule|schedule of payments?|in stages|"
    r"raten\w*|zahlungsplan\w*|tilgungsplan\w*|abzahlungs\w*|zahlungsvereinbarung\w*|stundung\w*|absprache|teilzahlungs(?:plan|vereinbarung|abrede)\w*|"
    r"vereinbarung|amenagement\w*|echeancier|etalement|echelonnement|plan de (?:paiement|reglement|remboursement)|"
    r"facilites? de (?:paiement|caisse)|arrangement|en plusieurs (?:fois|versements)|accord (?:de paiement|d'etalement|sur des versements)|delais? de paiement accorde|"
    r"plan(?:es)? de pagos?|calendario de pagos?|fraccion\w*|convenio(?: de pagos?)?|cuotas|a plazos|aplazamiento\w*|acuerdos? de pagos?|arreglo|esquema de pagos?"
)
CREDIT = (
    r"credit notes?|credit memos?|credits?|credited|gutschrift\w*|gutgeschrieben|gutgebracht|guthaben|avoirs?|notes? de credit|"
    r"abonos?|abonado|notas? de (?:credito|abono)|credito a su favor"
)
DISPUTE = (
    r"objections?|disputes?|complaints?|quer(?:y|ies)|disagreements?|reservations?|grievances?|discrepanc(?:y|ies)|claims?|"
    r"einwand\w*|einwend\w*|beanstandung\w*|reklamation\w*|widerspruch\w*|einspruch\w*|mangelruge\w*|streit\w*|strittig\w*|meinungsverschiedenheit\w*|bedenken|"
    r"contestations?|litiges?|reclamations?|objections?|desaccords?|differends?|reserves?|griefs?|"
    r"objecion(?:es)?|reclamacion(?:es)?|reclamos?|disputas?|controversias?|quejas?|reparos?|incidencias?|discrepancias?|impugnacion(?:es)?|desacuerdos?|"
    r"disconformidad\w*"
)
DISPUTED = (
    r"(?:queried|contest(?:ed)?|object(?:ed)?|disput(?:ed|e)|questioned|challeng(?:ed|e)|complain(?:ed)?|reklamier(?:t|en)|beanstande(?:t|n)|"
    r"bemangel(?:t|n)|bestritten|bestreiten|angefochten|gerugt|widersprochen|angezweifelt|beschwert|in frage gestellt|contestee?s?|se plain\w+|quejado|contester|remise?s? en cause|"
    r"objetad[oa]s?|objetado|impugnad[oa]s?|discutid[oa]s?|cuestionad[oa]s?|disputad[oa]s?|rebatid[oa]s?|contestad[oa] su importe)\b"
)
UNDISPUTED = (
    r"\b(?:all|alle|samtliche|toutes|todas)\b[^,;:!?\n]{0,30}\b(?:accepted|anerkannt|akzeptiert|acceptees|aceptadas|aceptaron)\b|\baccepted all\b|"
    r"\b(?:free of|frei von|libre de|exempt de) (?:any |jeder |toda )?(?:disput\w*|complaint\w*|streit\w*|reklamation\w*|litiges?|reclam\w*)|"
    r"\b(?:not|never|nicht|nie|keine\w*|pas|jamais|aucun\w*|no|nunca|ningun\w*)\b[^,;:!?\n]{0,30}\b(?:told|suggested|heard|informed|hinweise?|gemeldet|signale|eu vent|avisad\w+|comunicad\w+|notificad\w+)\b"
    r"[^,;:!?\n]{0,40}\b(?:problem\w*|wrong|unstimmig\w*|anomal\w*|errors?|fehler\w*|erreurs?)\b|"
    r"\b(?:all|everything|every|samtliche|alle|alles|tout|toutes|tous|todas|todos|todo)\b[^,;:!?\n]{0,40}\b(?:is|are|ist|sind|est|sont|es|son|estan) (?:\w+ )?"
    r"(?:undisputed|uncontested|unbestritten|unstrittig|incontestee?s?|non contestee?s?|indiscutid[oa]s?|incontrovertid[oa]s?|no discutid[oa]s?)\b"
)
OTHER = re.compile(
    r"\b(?:further|other|another|additional|else|apart from|besides|except|new|weiter\w*|sonstig\w*|ander\w*|zusatzlich\w*|sonst|auser|abgesehen|neue\w*|"
    r"autres?|supplementaires?|hormis|sauf|nouvel\w*|nouveaux?|otr[oa]s?|adicional\w*|salvo|excepto|mas alla|aparte|nuev[oa]s?)\b"
)
CONDITION = re.compile(
    r"\b(?:if|unless|whether|should you|in case|provided|as long as|once|falls|wenn|sollte\w*|sofern|ob|solange|sobald|es sei denn|si|s'il|s'ils|sauf si|des que|"
    r"tant que|a moins|pourvu|au cas|cuando|en caso|siempre que|a menos|mientras|may|might|perhaps|vielleicht|peut-etre|quizas?|tal vez)\b"
)
NOT_OURS = re.compile(
    r"\bwe (?:have|had|would have|see) (?:absolutely )?no (?:objections?|reservations?|complaints?) (?:to|if|about (?:your|the))|\bwithout (?:prejudice|objection)|"
    r"\b(?:wir haben|haben wir) (?:naturlich |selbstverstandlich )?(?:keine|nichts) (?:einwande?|bedenken|dagegen)|\bnous n'avons (?:pas d'|aucune )(?:objection|reserve)\w* (?:a|sur (?:votre|la))|"
    r"\bno tenemos (?:inconveniente|objecion) (?:alguna )?(?:en|a que)|\bno (?:claim|query) (?:to|on) (?:be )?(?:complet|exhaust)\w*|\b(?:streitig|strittig) machen|"
    r"\bno (?:complaint|dispute|quarrel) with\b|\bsin reservas? (?:de|sobre)"
)
EVERY = re.compile(
    r"\b(?:any|all|none|no one|every|your (?:account|invoices)|our invoices|the (?:account|invoices)|invoices|rechnungen|forderungen|posten|konto|factures|compte|facturas|cuenta|"
    r"nobody|niemand|personne|nadie|nothing|nichts|rien|nada)\b"
)
THIS = re.compile(
    r"\b(?:it|its|this|that|these|them|the (?:invoice|amount|bill)|dies\w*|dazu|hierzu|darauf|hierauf|dagegen|hiergegen|daran|daruber|der rechnung|die rechnung|diese\w*|"
    r"cette|ce|celle-ci|ceci|elle|la facture|a ce sujet|n'y|y a|est[ae] (?:factura|importe|deuda|partida)|ell[oa]|al respecto|la factura|la misma|dicha|dicho|sobre el importe|el importe)\b"
)
MEANT = re.compile(
    rf"\b(?:{DISPUTE}|{DISPUTED})|undisputed|uncontested|unbestritten|unstrittig|\b(?:object|contest|disput|quer|question|complain|wrong|issue|problem|"
    r"accept|agree|beanstand|einw|reklam|ruge|mangel|bemang|anerkannt|akzept|contest|reclam|litig|critiqu|remarque|observ|accept|reproch|objet|objec|"
    r"reclam|queja|pega|conform|acept|discut|duda)"
)
_OVER = (
    r"(?:resolved|closed|settled|solved|cleared up|withdrawn|withdrew|dealt with|decided|dropped|unfounded|unjustified|groundless|without (?:basis|merit|foundation)|"
    r"rejected|dismissed|answered|concluded|sorted(?: out)?|"
    r"erledigt|abgeschlossen|geklart|ausgeraumt|zuruckgezogen|zuruckgenommen|unbegrundet|entschieden|geschlossen|beigelegt|zuruckgewiesen|gelost|bereinigt|"
    r"vom tisch|beantwortet|abgelehnt|haltlos|unberechtigt|ungerechtfertigt|nicht stattgegeben|off the table|injustifiee?s?|non fondee?s?|no procedia|no procede|resolue?s?|close?s?|cloture\w*|retire\w*|infondee?s?|tranchee?s?|classee?s?|levee?s?|fermee?s?|ecartee?s?|"
    r"reglee?s?|rejetee?s?|traitee?s?|sans fondement|abandonnee?s?|resuelt[oa]s?|resolvio|cerro|cerrad[oa]s?|retiraron|retirado|retirad[oa]s?|retiro|desestimad[oa]s?|"
    r"archivad[oa]s?|zanjad[oa]s?|infundad[oa]s?|aclaro|aclarad[oa]s?|solucionad[oa]s?|rechazad[oa]s?|atendid[oa]s?|sin fundamento|improcedente)"
)
_OVER_NOUN = (
    r"(?:complaint|dispute|query|objection|disagreement|einwande?|einwendung\w*|beanstandung|reklamation|widerspruch|einspruch|streitfrage|streitfall|streit|"
    r"meinungsverschiedenheit|contestation|litige|reclamation|objection|desaccord|differend|reclamacion|reclamo|disputa|controversia|queja|objecion|"
    r"incidencia|discrepancia|impugnacion)"
)
OVER = re.compile(
    rf"\b{_OVER_NOUN}\b(?:(?!\b(?:and|und|et|y)\b)[^,;:!?\n]){{0,45}}?\b{_OVER}\b|"
    rf"\b(?:withdrew|withdrawn|dropped|retire|retiraron|retirado|resolved|settled|closed|rejected|resolu|regle|clos|rejete|tranche|cerrado|resuelto|zanjado|rechazado|desestimado|abgelehnt)\b"
    rf" (?:\w+ )?{_OVER_NOUN}\b|\b(?:consider|betrachten|considerons|consideramos) (?:\w+ )?{_OVER_NOUN}\b[^,;:!?\n]{{0,25}}\b{_OVER}\b|"
    r"\bmatter of [^,;:]{1,20} has been (?:cleared up|resolved|settled)"
)
ELSEWHERE = re.compile(
    r"\b(?:not|nicht|pas|no|never|nie|jamais|nunca|until|unless|till|once|as soon as|when|while|if|whether|before|after|how|can|could|may|might|will|would|(?<!found )to be|to get|to see|to have|"
    r"please|let us|hope|like|want|should|must|needs?|pending|until it is|being|bis|sobald|wenn|falls|ob|wird|werden|kann|konnen|konnten? nicht|soll\w*|muss\w*|mocht\w+|damit|bevor|"
    r"nachdem|solange|bitte|wurde gern|jusqu'a|des que|une fois|lorsque|quand|avant|apres|sera|seront|soit|puisse|peut|pourr\w+|afin|pour|si|tant|doit|souhait\w+|"
    r"hasta|cuando|mientras|una vez|antes|despues|sera|seran|sea|pueda|puede\w*|podr\w+|para|deb\w+|quer\w+|espera\w*|aun|todavia|noch|encore|ungeklart)\b|n't\b|n'(?:a|est)\b"
)
# "This is no complaint, only a note": the letter says of itself what it is not.
OF_ITSELF = re.compile(
    r"\b(?:this(?: message| mail| e-?mail| note| letter| reminder)? (?:is (?:not an?|no)|isn't an?)|(?:das|dies|diese nachricht|dieses schreiben|diese mail) (?:ist|soll) keine?|"
    r"(?:ceci|ce|ce (?:message|courriel|mot|rappel)) n'est pas une?|(?:esto|este (?:mensaje|correo|aviso|recordatorio)) no es un[ao]?)\b"
)
# "The undisputed part of your account": where another part is disputed.
FREE_PART = re.compile(r"\b(?:parte|partidas?|importe|saldo|resto) no (?:disputad|discutid|cuestionad|impugnad|reclamad|objetad)\w+")
