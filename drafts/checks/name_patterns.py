"""Where a letter names a person or a company: behind a title, before a legal form, in the place of a debtor, as two capitalised words."""

from __future__ import annotations

import re

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŐŒŔŘŚŞŠŢŤŪŮŰŹŻŽ"
LOWER = "a-zß-öø-ÿāăąćčďđēėęěğģīıķĺļľłńņňőœŕřśşšţťūůűźżž"


def _pattern(source: str) -> re.Pattern[str]:
    """``<U>`` stands for capital letters inside a class, ``<L>`` for small ones, ``<NAME>`` for one to four capitalised words."""
    name = r"[<U>][\w'&.-]*\w(?:[ \t]+(?:(?:&|and|de|du|des|del|della|la|le|y|et|und|van|von|of|d')[ \t]+){0,2}(?:[dl]')?[<U>][\w'&.-]*\w){0,3}"
    return re.compile(source.replace("<NAME>", name).replace("<U>", UPPER).replace("<L>", LOWER))


TITLED = _pattern(
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Dra|Lic|Ing|Herrn?|Frau|Mme|Mlle|Madame|Monsieur|M|Sr|Sra|Srta|[Ss]eñora?|[Mm]adame|[Mm]onsieur|Don|"
    r"Doña)\.?[ \t]+((?:[<U>][\w'-]+[ \t]?){1,3})"
)
LEGAL_FORM = re.compile(
    r" (?:Ltd|Limited|Inc|LLC|LLP|PLC|plc|Corp|Corporation|DAC|GmbH(?: & Co\.? KG)?|GesmbH|AG|KG|OHG|UG|SE|mbH|e\.K|eG|e\.U|SARL|S\.A\.R\.L|"
    r"S[àÀ]RL|S[àa]rl|SAS|S\.A\.S|SASU|EURL|SNC|SRL|SA|S\.A|SL|S\.L|SLU|S\.L\.U|SLNE|BV|B\.V|BVBA|NV|N\.V|Oy|AB|ApS|A/S|AS|SpA|S\.p\.A|Srl|"
    r"S\.r\.l|s\.r\.o|Kft|Lda|Ltda|Cía|Pty|Pvt|Pte)(?![\w]|[-/ ]?\d)"
)
FORMS = frozenset(
    "ltd limited inc llc llp plc corp corporation dac gmbh gesmbh ag kg ohg ug se mbh k eg u sarl r sas s sasu eurl snc srl sa a sl l slu slne bv b bvba nv "
    "n oy ab aps as spa p kft lda ltda cia pty pvt pte o".split()
)
PAIR_HINT = _pattern(r"[ '][<U>][<L>'-]+ (?:& |and |de |du |des |del |la |le |van |von |of |y |et )*(?:[dl]')?[<U>][<L>]")
BEFORE_FORM = _pattern(r"((?:[<U>0-9&][\w&'.-]*[ \t]+|(?:de|du|des|del|la|le|les|y|et|und|and|of|von|van)[ \t]+){1,6})\Z")
GROUP = _pattern(
    r"\b(?:[Gg]roupe|[Gg]rupo|[Gg]ruppe|[Ff]irma|[Ss]ociété|[Ss]ociedad|[Cc]ompañía|[Ee]mpresa|Cabinet|Maison|Casa|Verlag|Klinik|Clínica|Clinique|Hotel|Hôtel|Spedition|"
    r"Messrs)[ \t]+((?:[<U>][\w'&-]+[ \t]?){1,3})"
)
ABOUT = _pattern(
    r"\b(?:on behalf of|account of|accounts of|attention of|attn:?|for the attention of|your colleague|your colleagues at|spoke (?:with|"
    r"to)|speaking (?:with|to)|discussed with|agreed with|copied to|cc:?|owed by|customer name:?|in the name of|billed to|invoiced to|"
    r"[Ii]m Auftrag (?:von|der|des)|namens|z\. ?Hd\.|zu Händen(?: von)?|Ihr Kollege|Ihre Kollegin|Kunde:|auf den Namen|lautend auf|"
    r"pour le compte d[eu]|à l'attention de|au nom d[eu]|libellée? à|votre collègue|compte d[eu]|en nombre de|a la atención de|a nombre de|facturad[ao] a|"
    r"su colega|su compañer[oa]|cuenta del?|hablado con)[ \t]+((?:(?:the|der|die|la|le|l'|el|Herrn?|Frau|Mr|Ms|M\.|Mme|Sr\.|Sra\.|Dr\.?)[ \t]*)?<NAME>)"
)
NAMES = _pattern(r"[<U>][<L>'-]+(?: (?:(?:&|and|de|du|des|del|la|le|van|von|of|y|et) ){0,2}(?:[dl]')?[<U>][<L>'-]+)+")
# The one for whom, or by whom, an invoice is open: "for Oakridge Marine, invoice …", "Medisur nos debe …".
DEBTOR = _pattern(
    r"(?:\b(?:[Ff]or|[Pp]our|[Pp]ara|[Ff]ür)[ \t]+(?:(?:the|la|le|les|l'|el|los|las|die|den|das)[ \t]*)?(<NAME>)(?=,|[ \t]+(?:ist|sind|steht|stehen|is|are|invoice|we|"
    r"sigue|est)\b)|(<NAME>)(?:[ \t]+(?:still|nous|nos|uns|le|encore|noch|immer|also|aún|todavía)){0,3}[ \t]+(?:owes?|schuldet|schulden|doit|debe|adeuda)\b|"
    r"\b(?:the|le|la) (?:account |compte |cuenta )?(<NAME>) (?:account|balance)\b|\bKonto (?:der|des|von)(?: Firma)? (<NAME>))"
)
CONTEXTS: tuple[tuple[str, re.Pattern[str], tuple[str, ...] | frozenset[str]], ...] = (
    ("title", TITLED, frozenset("mr mrs ms miss mx dr dra lic ing herr herrn frau mme mlle madame monsieur m sr sra srta senor senora don dona".split())),
    (
        "about",
        ABOUT,
        (
            "behalf of", "account of", "accounts of", "attention", "attn", "fao", "colleague", "spoke ", "speaking ", "discussed with", "agreed with", "copied to", "cc:",
            "cc ", "owed by", "customer name", "im auftrag", "namens", "hd.", "handen", "kollege", "kollegin", "kunde:", "pour le compte",
            "collegue", "compte d", "en nombre de", "a la atencion", "colega", "companer", "cuenta de", "hablado con", "in the name of", "billed to", "invoiced to",
            "auf den namen", "lautend auf", "au nom d", "libelle", "a nombre de", "facturad",
        ),
    ),
    (
        "group",
        GROUP,
        frozenset(
            "groupe grupo gruppe firma societe sociedad compania empresa cabinet maison casa verlag klinik clinica clinique hotel spedition messrs".split()
        ),
    ),
    ("debtor", DEBTOR, frozenset("account balance for pour para fur owes owe schuldet schulden doit debe adeuda konto".split())),
)
# Places and undertakings: a street, a site, a project is no other customer.
PLACE_LAST = frozenset(
    "street road lane quay square park avenue way court house tower place campus gate wharf drive close hill green yard terminal airport bridge city island "
    "county valley north south east west".split()
)
PLACE_FIRST = frozenset(
    "rue avenue place boulevard quai chemin route calle avenida av plaza torre paseo parque puerto port saint sainte st san sant santa sainte santo saints foire salon fete feria fiesta verbena festival fair semaine carnaval noche dia dias new north south east west great mount fort "
    "lac lago laguna villa finca chalet castel chateau castillo schloss gut haus hof hacienda quinta masia mas residence residencia domaine immeuble edificio urbanizacion barrio nave "
    "val vallee valle isla playa plage parc square jardin jardines lake upper lower isle isla ile ferry ms mv hms ss schiff fahre navire bateau buque vessel semana baustelle bauvorhaben projekt objekt filiale standort werk niederlassung chantier projet obra proyecto project site".split()
)
PLACE_NEAR = re.compile(
    r"\b(?:ferry|vessel|ship|boat|mv|navire|bateau|paquebot|buque|barco|schiff|fahre|site|sites|project|projects|branch|depot|plant|store|shop|job|warehouse|office|campus|terminal|delivery|festival|festivities|holidays?|fair|feast|run|portal|in|near|at|chantier|projet|agence|"
    r"magasin|site de|usine|obra|proyecto|sucursal|tienda|planta|sede|entrega|bauvorhaben|projekt|baustelle|filiale|standort|objekt|werk|niederlassung)\W+(?:the |de |du |del |la |le |el )?\Z"
)
PLACE_AFTER = re.compile(r"\W{0,2}(?:site|sites|project|branch|depot|plant|store|shop|job|warehouse|office|campus|terminal|delivery|building|run|portal|order)\b")
