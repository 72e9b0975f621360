"""Spain, Portugal and France: other languages, and a ticket system that does not answer this morning."""

from __future__ import annotations

from collections.abc import Callable

from collections_site.demo.book.customer import Customer, customer
from collections_site.demo.days import Days

FRANCE = {"language": "fr", "country": "FR", "time_zone": "Europe/Paris"}
SPAIN = {"language": "es", "country": "ES", "time_zone": "Europe/Madrid"}


def customers(days: Days) -> list[Customer]:
    """The customers of the Iberia & France portfolio."""

    def make(number: str, name: str, **more: object) -> Customer:
        return customer(days, number, name, **({"prefix": "F"} | more))  # type: ignore[arg-type]

    return [*_spain(make, days), *_france(make, days)]


def _spain(make: Callable[..., Customer], days: Days) -> list[Customer]:
    return [
        make("3001", "Aceros del Ebro S.A.", shows=("source_gap", "ticket system down", "history"), since=-8, **SPAIN)
        .contact("Marta Ibáñez", "Sra. Ibáñez", email="pagos@aceros-ebro.example").invoice("6230.00", 29).habit(20, 17, 25),
        make("3006", "Ferretería Galdós S.L.", shows=("promise by phone", "history"), since=-3, **SPAIN)
        .contact("Carmen Galdós", "Sra. Galdós", email="ferreteria@galdos.example", phone="+34 941 555 014").invoice("2115.00", 23),
        make("3008", "Hostelería Sierra Blanca S.A.", shows=("customer_approval", "approval at the customer", "history"), since=-7, **SPAIN)
        .contact("Álvaro Ruiz", "Sr. Ruiz", email="facturas@sierra-blanca.example").invoice("4480.00", 21),
        make("3011", "Lisboa Cerâmica Lda", shows=("language without templates",), language="pt", country="PT", time_zone="Europe/Lisbon")
        .contact("Inês Duarte", email="contas@lisboa-ceramica.example").invoice("2760.00", 13),
    ]


def _france(make: Callable[..., Customer], days: Days) -> list[Customer]:
    return [
        make("3002", "Boulangerie Lumière SARL", shows=("source_gap", "routed", "history"), since=-2, **FRANCE)
        .contact("Sophie Lambert", "Madame Lambert", email="compta@boulangerie-lumiere.example").invoice("1265.00", 18).habit(7, 5),
        make("3003", "Cartonnages Vidal SAS", shows=("dispute_signal", "dispute in a reply", "history"), since=-8, **FRANCE)
        .contact("Julien Vidal", "Monsieur Vidal", email="comptabilite@cartonnages-vidal.example")
        .invoice("3890.00", 25, number="F-300301").invoice("2045.00", 14, number="F-300302"),
        make("3005", "Électricité du Rhône SAS", shows=("tier_enterprise", "no contact decided", "history"), tier="enterprise",
             since=-6, **FRANCE)
        .contact("Claire Morel", "Madame Morel", email="fournisseurs@elec-rhone.example").invoice("18700.00", 34),
        make("3007", "Garonne Aéro SAS", shows=("tier_strategic", "total_over_routine"), tier="strategic", owner="tom", **FRANCE)
        .contact("Étienne Faure", "Monsieur Faure", email="ap@garonne-aero.example").invoice("31900.00", 27).habit(14, 19),
        make("3009", "Imprimerie Chardon SARL", shows=("source_gap", "ready since yesterday"), since=-1, **FRANCE)
        .contact("Luc Chardon", "Monsieur Chardon", email="factures@imprimerie-chardon.example").invoice("1710.00", 19),
        make("3010", "Joaillerie Alba SARL", shows=("stopped by a person", "history"), since=-2, **FRANCE)
        .contact("Inès Alba", "Madame Alba", email="gestion@joaillerie-alba.example").invoice("2980.00", 17),
    ]
