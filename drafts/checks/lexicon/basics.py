"""Function data of the four languages: months, weekdays, number words, units of time, currency names, evidence words of a language.

All words are written lower case without accents (ä→a, é→e, ß→s), the way ``fold`` presents text. Tables, not rules.
"""

from __future__ import annotations

LANGUAGES = ("en", "de", "fr", "es")

_MONTHS = (
    "january jan januar jaenner janner janvier janv enero ene", "february feb februar febr fevrier fevr fev febrero",
    "march mar marz maerz mrz mars marzo", "april apr avril avr abril abr", "may mai mayo", "june jun juni juin junio",
    "july jul juli juillet juil julio", "august aug aout agosto ago", "september sep sept septembre septiembre setiembre set",
    "october oct oktober okt octobre octubre", "november nov novembre noviembre", "december dec dezember dez decembre diciembre dic",
)
MONTHS: dict[str, int] = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}

_WEEKDAYS = (
    "monday mon montag lundi lunes", "tuesday tue tues dienstag mardi martes", "wednesday wed mittwoch mercredi miercoles",
    "thursday thu thur thurs donnerstag jeudi jueves", "friday fri freitag vendredi viernes",
    "saturday samstag sonnabend samedi sabado", "sunday sonntag dimanche domingo",
)
WEEKDAYS: dict[str, int] = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}

# Days in one unit; None where the length depends on the calendar; hours are given as a fraction of a day in hours.
UNITS: dict[str, int | None] = {
    **dict.fromkeys("day days tag tage tagen tags jour jours dia dias d j".split(), 1),
    **dict.fromkeys("kalendertage kalendertagen calendertage".split(), 1),
    **dict.fromkeys("werktage werktagen arbeitstage arbeitstagen bankarbeitstage bankarbeitstagen".split(), 1),
    **dict.fromkeys("week weeks wk wks woche wochen semaine semaines semana semanas".split(), 7),
    **dict.fromkeys("fortnight fortnights quinzaine quincena quincenas".split(), 14),
    **dict.fromkeys("month months monat monate monaten monats mois mes meses".split(), None),
    **dict.fromkeys("quarter quarters quartal quartale quartalen trimestre trimestres".split(), None),
    **dict.fromkeys("year years jahr jahre jahren an ans annee annees ano anos".split(), None),
    **dict.fromkeys("hour hours hr hrs stunde stunden std heure heures hora horas h minute minutes minuten minuto minutos".split(), 0),
}
# Words that may stand between a number and its unit ("7 business days", "14 calendar days", "10 jours ouvrés" has it behind).
UNIT_ADJECTIVES = frozenset(
    "business working calendar banking bank full weitere weiteren weiterer more additional further next volle vollen other clear "
    "consecutive whole".split()
)

PERCENT = frozenset("% percent pct prozent pour_cent pourcent per_cent por_ciento".split())

CURRENCY_WORDS: dict[str, str] = {
    **dict.fromkeys("€ euro euros eur".split(), "EUR"),
    **dict.fromkeys("£ pound pounds sterling quid gbp pfund livre livres libra libras".split(), "GBP"),
    **dict.fromkeys("$ dollar dollars dolar dolares buck bucks".split(), "$"),
    **dict.fromkeys("us$ usd $us".split(), "USD"), **dict.fromkeys("ca$ c$ cad".split(), "CAD"),
    **dict.fromkeys("a$ au$ aud".split(), "AUD"), **dict.fromkeys("hk$ hkd".split(), "HKD"), **dict.fromkeys("nz$ nzd".split(), "NZD"),
    **dict.fromkeys("s$ sgd".split(), "SGD"), **dict.fromkeys("mx$ mxn".split(), "MXN"),
    **dict.fromkeys("chf sfr fr franc francs franken franco francos rappen".split(), "CHF"),
    **dict.fromkeys("¥ yen jpy".split(), "JPY"), **dict.fromkeys("₹ rupee rupees inr rs".split(), "INR"),
    **dict.fromkeys("zl zloty zlotys pln".split(), "PLN"), **dict.fromkeys("kc czk koruna".split(), "CZK"),
    **dict.fromkeys("kr krona kronor krone kroner kronen".split(), "kr"), **dict.fromkeys("₺ lira try".split(), "TRY"),
    **dict.fromkeys("peso pesos".split(), "peso"), **dict.fromkeys("r$ brl real reais reales".split(), "BRL"),
    **dict.fromkeys("₽ rubel rouble roubles rublos".split(), "RUB"), **dict.fromkeys("₿ btc bitcoin bitcoins".split(), "BTC"),
}
# Names shared by several currencies.
SHARED_CURRENCY = {
    "$": frozenset("USD CAD AUD NZD SGD HKD MXN TWD CLP COP ARS BBD JMD".split()), "kr": frozenset("SEK NOK DKK ISK".split()),
    "peso": frozenset("MXN ARS CLP COP PHP UYU DOP".split()), "CHF": frozenset(("CHF", "XOF", "XAF", "XPF")),
}
MINOR_UNIT_WORDS = frozenset("cent cents pence penny p rappen centime centimes centimo centimos centavo centavos".split())

SCALES: dict[str, int] = {
    **dict.fromkeys("k thousand tausend tsd mille mil".split(), 1_000),
    **dict.fromkeys("m mn mm mio million millions millionen million millones millon".split(), 1_000_000),
    **dict.fromkeys("lakh lakhs lac lacs".split(), 100_000), **dict.fromkeys("crore crores".split(), 10_000_000), "bn": 10**9, "billion": 10**9, "milliarde": 10**9, "milliarden": 10**9,
}

_EN_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_DE_UNITS = "null ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn"
_FR_UNITS = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_ES_UNITS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve "
    "veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
)


def _count(words: str) -> dict[str, int]:
    return {word: value for value, word in enumerate(words.split())}


def _tens(words: str, first: int = 20) -> dict[str, int]:
    return {word: first + 10 * i for i, word in enumerate(words.split())}


NUMBER_WORDS: dict[str, dict[str, int]] = {
    "en": {**_count(_EN_UNITS), **_tens("twenty thirty forty fifty sixty seventy eighty ninety"), "dozen": 12,
           "hundred": 100, "hundreds": 100, "thousand": 1000, "thousands": 1000, "million": 10**6, "grand": 1000,
           "lakh": 10**5, "lakhs": 10**5, "lac": 10**5, "crore": 10**7, "crores": 10**7},
    "de": {**_count(_DE_UNITS), **_tens("zwanzig dreisig vierzig funfzig sechzig siebzig achtzig neunzig"),
           "eins": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "zwo": 2, "dreissig": 30, "fuenf": 5, "zwoelf": 12, "fuenfzehn": 15,
           "fuenfzig": 50, "hundert": 100, "tausend": 1000, "million": 10**6, "millionen": 10**6},
    "fr": {**_count(_FR_UNITS), **_tens("vingt trente quarante cinquante soixante"), "une": 1, "vingts": 20, "septante": 70,
           "huitante": 80, "octante": 80, "nonante": 90, "cent": 100, "cents": 100, "mille": 1000, "milliers": 1000, "millier": 1000,
           "million": 10**6, "millions": 10**6},
    "es": {**_count(_ES_UNITS), **_tens("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30), "un": 1, "una": 1,
           "cien": 100, "ciento": 100, "cientos": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500,
           "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900, "doscientas": 200, "trescientas": 300,
           "cuatrocientas": 400, "quinientas": 500, "seiscientas": 600, "setecientas": 700, "ochocientas": 800, "novecientas": 900,
           "veintiun": 21, "mil": 1000, "miles": 1000, "millon": 10**6, "millones": 10**6},
}
NUMBER_GLUE = {"en": ("and", "a"), "de": ("und",), "fr": ("et",), "es": ("y",)}
ORDINAL_WORDS: dict[str, dict[str, int]] = {
    "en": {**{w: i for i, w in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
        "seventeenth eighteenth nineteenth twentieth".split(), 1)}, "thirtieth": 30},
    "de": {}, "fr": {"premier": 1}, "es": {"primero": 1},
}

# Words that carry almost no meaning but betray the language; packs exist for the first four only.
STOPWORDS: dict[str, str] = {
    "en": "dear hello overdue january february march june july october december the and of to is are was were be been has have had for with from this that you your we our us please not if it or at by on in "
          "an as will would can could should may any still which when kindly there invoice payment due since their them they he she so do does did but about",
    "de": "guten sehr geehrte geehrter fallig uberfallig januar februar marz juni juli oktober dezember gruss grusse der die das und ist sind war waren wurde wird werden haben hat fur mit von vom zum zur dies diese dieser dieses sie ihr ihre "
          "ihrer ihrem ihren wir uns unser unsere unserer bitte nicht wenn oder auf im am an ein eine einen einem einer noch den dem des "
          "bei aus nach zu sich ich als auch uber bis es kein keine dass konnen sollten gerne sehr nur wie damit rechnung zahlung seit wann offen",
    "fr": "bonjour echue cordialement janvier fevrier avril juin juillet aout septembre octobre novembre decembre attendons le la les et est sont etait etaient ete etre ont avons avez pour avec de du des ce cette ces vous votre vos nous notre nos "
          "merci ne pas si ou au aux un une sur dans par en que qui il elle je se qu plus depuis facture echeance reglement montant paiement encore toujours bien mais donc "
          "veuillez deja a aucun aucune ainsi ni",
    "es": "estimado estimada hola vencio pendiente enero febrero marzo mayo junio julio agosto septiembre octubre noviembre diciembre atentamente el la los las y es son era factura vencida desde pago importe cuando fue han ha hemos para con de del este esta estos estas usted ustedes su sus nosotros nuestro nuestra "
          "nuestros nuestras por favor no si o al un una en que se le les lo sigue como mas pero ya aun muy sin sobre ni",
    "it": "il lo gli della dello delle degli che non e sono stato stata per con di da nel nella questo questa vi vostro vostra suo sua noi "
          "nostro nostra fattura fatture gentile grazie cordiali saluti pagamento ancora ci una un del al alla si in importo scaduta se",
    "pt": "os as uma um nao da das do dos em no na nos nas para com que por este esta voce seu sua nosso nossa obrigado obrigada fatura "
          "pagamento atenciosamente ainda foi ser esta sao se ao valor vencida prezado prezada ja a o e de caso",
    "nl": "het een en van de wij we niet voor met uw u is zijn was deze dit op te aan door bij ook nog factuur betaling graag vriendelijke "
          "groet groeten geachte beste als naar heeft hebben of kunt om dat die",
    "xx": "og er vi det den att och ar inte som till med har ikke ja sie nie na do jest sa prosimy oraz w z je nebo ktera jsou se za "
          "en et av dere deres kan hyva ei ole on ja tai teidan olemme bir ve icin bu faktura fakturen faktury lasku laskun nasze",
}
