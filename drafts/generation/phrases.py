"""The phrases that code supplies: those whose grammar depends on a number, a name or a fact.

Templates are whole texts under change control and never say "invoice(s)"; where a sentence needs singular,
plural or a list, a template names a placeholder and the phrase comes from here. Placeholders are listed in
``governance.words.PLACEHOLDERS``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of one language. ``past_due`` has three shapes: one invoice, several in the text, several
    in the attached statement.
    """

    greeting_named: tuple[tuple[str, str], ...]  # (start of the salutation on record, greeting before it)
    greeting: str
    greeting_nobody: str
    invoice: str
    invoices: str
    past_due: tuple[str, str, str]
    these_invoices: tuple[str, str, str]
    due_since: tuple[str, str]
    line: str
    due: str
    remaining: str
    po: str
    total: str
    in_currency: str
    summary: str
    summary_oldest: str
    attached: str
    earlier_contact: str
    set_aside: tuple[str, str]
    how_to_dispute: str
    pay_to: str
    pay_online: str
    your_text: str


ENGLISH = Phrases(
    greeting_named=(
        ("Mr ", "Dear"),
        ("Ms ", "Dear"),
        ("Mrs ", "Dear"),
        ("Miss ", "Dear"),
        ("Mx ", "Dear"),
        ("Dr ", "Dear"),
        ("Prof", "Dear"),
    ),
    greeting="Dear {name},",
    greeting_nobody="Hello,",
    invoice="invoice {number}",
    invoices="{count} invoices",
    past_due=(
        "the invoice below is past its due date and still open",
        "the {count} invoices below are past their due dates and still open",
        "the {count} invoices in the attached statement are past their due dates and still open",
    ),
    these_invoices=("this invoice", "these {count} invoices", "these {count} invoices"),
    due_since=("Payment was due on {date}.", "The earliest due date was {date}."),
    line="Invoice",
    due="due {date}",
    remaining="{open} remaining of {amount}",
    po="PO {number}",
    total="Total {amount}",
    in_currency="Invoices in {currency}",
    summary="{count} invoices in {currency} · total {amount}",
    summary_oldest="Oldest: ",
    attached="Every invoice is listed in the attached statement.",
    earlier_contact="This follows our earlier message about your account.",
    set_aside=(
        "The invoice that is under query is set aside and is not part of this message; please "
        "leave it out of your payment while the query is open.",
        "The {count} invoices that are under query are set aside and are not part of this message; "
        "please leave them out of your payment while the queries are open.",
    ),
    how_to_dispute="If you disagree with any part of this, please reply to this message or write to "
    "{reply_to}, naming the invoice and your reason.",
    pay_to="Payment can be made to:",
    pay_online="Payment online: {link}",
    your_text="[Write your text here]",
)

GERMAN = Phrases(
    greeting_named=(("Herr ", "Sehr geehrter"), ("Frau ", "Sehr geehrte")),
    greeting="Guten Tag {name},",
    greeting_nobody="Guten Tag,",
    invoice="Rechnung {number}",
    invoices="{count} Rechnungen",
    past_due=(
        "ist die folgende Rechnung überfällig und noch offen",
        "sind die folgenden {count} Rechnungen überfällig und noch offen",
        "sind die {count} Rechnungen der beigefügten Aufstellung überfällig und noch offen",
    ),
    these_invoices=("diese Rechnung", "diese {count} Rechnungen", "diese {count} Rechnungen"),
    due_since=("Fällig war sie am {date}.", "Die früheste Fälligkeit war der {date}."),
    line="Rechnung",
    due="fällig am {date}",
    remaining="noch {open} von {amount}",
    po="Bestellung {number}",
    total="Summe {amount}",
    in_currency="Rechnungen in {currency}",
    summary="{count} Rechnungen in {currency} · Summe {amount}",
    summary_oldest="Älteste: ",
    attached="Alle Rechnungen finden Sie in der beigefügten Aufstellung.",
    earlier_contact="Wir beziehen uns auf unsere frühere Nachricht zu Ihrem Konto.",
    set_aside=(
        "Die von Ihnen beanstandete Rechnung ist zurückgestellt und nicht Teil dieser Nachricht; bitte "
        "berücksichtigen Sie sie bei Ihrer Zahlung nicht, solange der Punkt offen ist.",
        "Die {count} von Ihnen beanstandeten Rechnungen sind zurückgestellt und nicht Teil dieser Nachricht; bitte "
        "berücksichtigen Sie sie bei Ihrer Zahlung nicht, solange die Punkte offen sind.",
    ),
    how_to_dispute="Sollten Sie mit einem Punkt nicht einverstanden sein, antworten Sie bitte auf diese "
    "Nachricht oder schreiben Sie an "
    "{reply_to}, und nennen Sie uns die Rechnung und den Grund.",
    pay_to="Sie können zahlen an:",
    pay_online="Online zahlen: {link}",
    your_text="[Bitte hier Ihren Text einfügen]",
)

FRENCH = Phrases(
    greeting_named=(
        ("Madame ", "Bonjour"),
        ("Monsieur ", "Bonjour"),
        ("Mme ", "Bonjour"),
        ("M. ", "Bonjour"),
    ),
    greeting="Bonjour {name},",
    greeting_nobody="Bonjour,",
    invoice="facture {number}",
    invoices="{count} factures",
    past_due=(
        "la facture ci-dessous est arrivée à échéance et reste ouverte",
        "les {count} factures ci-dessous sont arrivées à échéance et restent ouvertes",
        "les {count} factures du relevé ci-joint sont arrivées à échéance et restent ouvertes",
    ),
    these_invoices=("cette facture", "ces {count} factures", "ces {count} factures"),
    due_since=("Elle était échue le {date}.", "La première échéance était le {date}."),
    line="Facture",
    due="échéance le {date}",
    remaining="reste {open} sur {amount}",
    po="commande {number}",
    total="Total {amount}",
    in_currency="Factures en {currency}",
    summary="{count} factures en {currency} · total {amount}",
    summary_oldest="La plus ancienne\u00a0: ",
    attached="Le relevé ci-joint contient le détail de toutes les factures.",
    earlier_contact="Ce message fait suite à notre précédent courriel concernant votre compte.",
    set_aside=(
        "La facture que vous contestez est mise de côté et ne fait pas partie de ce message\u00a0; "
        "merci de ne pas l'inclure dans votre règlement "
        "tant que ce point n'est pas éclairci.",
        "Les {count} factures que vous contestez sont mises de côté et ne font pas partie de ce "
        "message\u00a0; merci de ne pas les inclure dans "
        "votre règlement tant que ces points ne sont pas éclaircis.",
    ),
    how_to_dispute="Si vous êtes en désaccord avec l'un de ces points, merci de répondre à ce message ou "
    "d'écrire à {reply_to} en précisant "
    "la facture concernée et votre motif.",
    pay_to="Le règlement peut être effectué sur le compte suivant\u00a0:",
    pay_online="Paiement en ligne\u00a0: {link}",
    your_text="[Écrivez votre texte ici]",
)

SPANISH = Phrases(
    greeting_named=(
        ("Sra. ", "Estimada"),
        ("Sr. ", "Estimado"),
        ("Señora ", "Estimada"),
        ("Señor ", "Estimado"),
        ("Dña. ", "Estimada"),
        ("D. ", "Estimado"),
    ),
    greeting="Buenos días, {name}:",
    greeting_nobody="Buenos días:",
    invoice="factura {number}",
    invoices="{count} facturas",
    past_due=(
        "la factura indicada a continuación ha vencido y sigue pendiente de pago",
        "las {count} facturas indicadas a continuación han vencido y siguen pendientes de pago",
        "las {count} facturas del extracto adjunto han vencido y siguen pendientes de pago",
    ),
    these_invoices=("esta factura", "estas {count} facturas", "estas {count} facturas"),
    due_since=("Su vencimiento fue el {date}.", "El primer vencimiento fue el {date}."),
    line="Factura",
    due="vencimiento {date}",
    remaining="pendiente {open} de {amount}",
    po="pedido {number}",
    total="Total {amount}",
    in_currency="Facturas en {currency}",
    summary="{count} facturas en {currency} · total {amount}",
    summary_oldest="La más antigua: ",
    attached="Todas las facturas figuran en el extracto adjunto.",
    earlier_contact="Este mensaje sigue a nuestra comunicación anterior sobre su cuenta.",
    set_aside=(
        "La factura que ustedes han reclamado queda aparte y no forma parte de este mensaje; les "
        "rogamos que no la incluyan en su pago "
        "mientras no se haya aclarado.",
        "Las {count} facturas que ustedes han reclamado quedan aparte y no forman parte de este "
        "mensaje; les rogamos que no las incluyan en "
        "su pago mientras no se hayan aclarado.",
    ),
    how_to_dispute="Si no está de acuerdo con algún punto, le rogamos que responda a este mensaje o "
    "escriba a {reply_to}, indicando la factura y el motivo.",
    pay_to="Puede efectuar el pago a:",
    pay_online="Pago en línea: {link}",
    your_text="[Escriba aquí su texto]",
)

PHRASES: dict[str, Phrases] = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "es": SPANISH}
