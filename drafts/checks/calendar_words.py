"""Words around dates and counts of days: due, issued, until, more than, payment terms."""

from __future__ import annotations

import re

from .lexicon.basics import WEEKDAYS

DUE = re.compile(
    r"(?:\bdue\b(?: date)?(?: on| by| since)?|payables? (?:on|by|le|au|avant le)|pagader\w+ el|a (?:regler|payer) (?:le|pour le)|a pagar el|fallig\w*(?: am| seit| zum| war)?|faellig\w*(?: am| seit)?|falligkeit\w*|"
    r"zahlungsziel|zahlbar\w*(?: bis| zum)?|"
    r"echue?s?(?: le| depuis le)?|echeance(?: le| au| du| etait le| fixee au)?|exigible\w*(?: le)?|vencio(?: el)?|vencid[oa]s?(?: el| "
    r"desde el)?|vencimiento(?: el| del?| fue el)?|venci[ao]n?(?: el)?)"
    r"\W{0,3}(?:\w{1,4}\W{1,2}){0,2}$"
)
ISSUED = re.compile(
    r"(?:issued|dated|invoice date|raised|sent|billed|ausgestellt\w*|rechnungsdatum|vom|datiert|emise?s?|en date du|datee?s?|etablie?s?|"
    r"date de facture|facture du|emitid[oa]s?|"
    r"fechad[oa]s?|con fecha|de fecha|fecha de (?:emision|factura)|expedid[oa]s?)\W{0,3}(?:\w{1,4}\W{1,2}){0,2}$"
)
ISSUED_AFTER = re.compile(r"\s*(?:ausgestellt|datiert)")
DUE_AFTER = re.compile(r"[^\S\n]*(?:fallig|faellig|zur zahlung fallig)")
AS_OF = re.compile(
    r"(?:\bas (?:of|at)|\bstand(?: vom)?|\bper|\bzum|\bau|\ba fecha (?:de|del)|\bal|\ba dia (?:de)?|on this day|dated)\W{0,3}$"
)
UNTIL = re.compile(
    r"\b(?:by|before|until|till|no later than|latest|bis(?: zum| spatestens| einschlieslich)?|spatestens(?: am| bis zum)?|avant(?: le)?|"
    r"jusqu'au|d'ici(?: le| au)?|au plus tard(?: le)?|"
    r"antes del?|hasta(?: el)?|a mas tardar(?: el)?)\W{1,2}(?:\w{1,4}\W{1,2}){0,2}$"
)
PAST_DUE = re.compile(r"due\W+(?:\w+\W+){0,2}by\W*$|payable\W+(?:\w+\W+){0,1}by\W*$")
LATE = re.compile(
    r"overdue|past[ -]due|late\b|past (?:the|its) due|behind|arrears|outstanding|uberfallig|ueberfallig|verzug|verspat|ruckstand|"
    r"uberschritten|retard|echue?|depassee?|impaye|vencid|"
    r"retras|atras|mora\b|demora|since|due|seit|depuis|desde|unpaid|offen|open"
)
LATE_SINCE = re.compile(
    r"\b(?:overdue|late|arrears|delay|(?<!noch )(?:im |in )?verzug|uberfallig|ruckstand|ruckstandig|retard|souffrance|mora|retraso|atraso|atrasad[oa]s?|demora)\b"
    r"[^.,;:!?]{0,16}\b(?:since|from|seit|ab|depuis|desde)\W+(?:\w{1,4}\W+){0,2}$"
)
MORE = re.compile(r"(?:more than|over|exceed\w*|at least|mehr als|uber|mindestens|plus de|au moins|mas de|al menos|superior a)\W+$")
LESS = re.compile(r"(?:almost|nearly|less than|just under|up to|fast|knapp|weniger als|pres de|presque|moins de|casi|menos de)\W+$")
TERMS = re.compile(
    r"terms?|net\b|netto|zahlungsziel|zahlungsfrist|ziel|conditions|reglement a|delai de paiement|plazo (?:de pago|habitual|acordado)|"
    r"condiciones|after (?:the )?(?:invoice|issue)|nach (?:rechnung|erhalt)|"
    r"apres (?:la )?(?:date|facture|emission)|(?:desde|tras) la (?:fecha|emision)|from (?:the )?(?:invoice|issue|date)|a contar|credit "
    r"period|days from|a partir de"
)
LISTED = re.compile(r"\b(?:item|line|no|nr|pos|position|posten|ligne|poste|partida|linea|folio|page|seite|punto|point)\W*\Z")
WITHIN = re.compile(r"\b(?:within|sous|binnen|innerhalb(?: von)?|innert|dentro de|en un plazo(?: maximo)? de|en (?:un|el) (?:maximo|plazo) de|en menos de|en no mas de|in (?:hochstens|maximal|langstens)|in (?:at most|no more than|under)|en (?:moins|maximum) de|dans un maximum de|dans un delai (?:maximum |maximal )?de|dans un delai de|sous un delai de)\W+\Z")
NET = re.compile(r"\b(?:net|netto|terms?|zahlungsziel|ziel|conditions?|plazo)\W*\Z")
WEEKDAY_BEFORE = re.compile(r"\b(" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")\.?,?\s+(?:the |den |dem |le |el |dia )?$")
