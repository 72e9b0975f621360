"""One number, everywhere: the tile, the chart, its table, the file, the command and the list behind it, for every measure and each filter."""

import csv
import io
import json
import re

import pytest
from django.core.management import call_command

from governance.metrics.base import OUTSIDE
from governance.metrics.definitions import BY_NAME
from tests.site.test_measures import history, leader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_as_of")]

FILTERS = ({}, {"lane": "routine"}, {"model": "template", "currency": "EUR"}, {"portfolio": "1", "band": "1_30"})
SAID = ("title", "unit", "numerator", "n", "value", "low", "high", "shown", "reason", "interval", "version", "since", "until", "query")


def rows_of(client, address):
    """How many rows the list behind a number says it has."""
    answer = client.get(address.replace("&amp;", "&"))
    assert answer.status_code == 200, address
    return int(re.search(r"([\d,]+) rows?\b", answer.content.decode())[1].replace(",", ""))


def number(text):
    return int(text.replace(",", ""))


def whole(text):
    """The lines of a file that are about everything asked for, by name."""
    return {row["name"]: row for row in csv.DictReader(io.StringIO(text)) if row["part"] == ""}


def test_the_file_the_command_and_the_list_say_one_number_for_every_measure_and_filter(signed_in, capsys):
    history()
    client, opened = signed_in(leader()), 0
    for turn, filters in enumerate(FILTERS):
        of_file = whole(client.post("/admin/metrics/csv/", {"period": "12w", **filters}).content.decode())
        since, until = next((row["since"], row["until"]) for row in of_file.values())
        asked = ["--since", since, "--until", until, *(word for name, value in filters.items() for word in (f"--{name}", value))]
        call_command("metrics", *asked, "--json")  # and sums the days: the pages below read sums, the file above read rows
        told = {one["name"]: one for one in json.loads(capsys.readouterr().out)["measures"]}
        call_command("metrics", *asked, "--csv")
        printed = whole(capsys.readouterr().out)
        assert list(of_file) == list(told) == list(printed) == list(BY_NAME)
        for place, (name, one) in enumerate(told.items()):
            said = {column: "" if one[column] is None else str(one[column]) for column in SAID}
            assert {column: of_file[name][column] for column in SAID} == said == {column: printed[name][column] for column in SAID}
            if BY_NAME[name].how == OUTSIDE or place % len(FILTERS) != turn:
                continue
            address = f"/admin/metrics/rows/{name}/?since={since}&until={until}&" + "&".join(f"{k}={v}" for k, v in filters.items())
            assert rows_of(client, f"{address}&which=base") == one["n"], (name, filters)
            if one["numerator"] is not None:
                assert rows_of(client, f"{address}&which=rows") == one["numerator"], (name, filters)
                opened += one["numerator"]
    assert opened > 50, "otherwise this shows little"


@pytest.mark.parametrize("query", ["period=12w&lane=routine", "period=26w&model=template"])
def test_every_cell_mark_and_tile_opens_as_many_rows_as_it_says(signed_in, query):
    history()
    client = signed_in(leader())
    page = client.get(f"/admin/metrics/?{query}").content.decode()
    cells = re.findall(r'<td class="num"><a href="([^"]+)">([\d,]+)</a>', page)
    marks = re.findall(r'<a xlink:href="([^"]+)"[^>]*><path aria-label="([^"]+)"', page)
    tiles = re.findall(r'<a class="tile" href="(/admin/metrics/rows/[^"]+)">.*?<span class="big">[^<]*</span><br><span class="small">([^<]+)</span>', page)
    assert len(cells) > 40 and len(marks) > 8 and len(tiles) >= 3
    for address, text in cells[::9]:
        assert rows_of(client, address) == number(text), address
    for address, name in marks[::4]:
        assert rows_of(client, address) == _said(name), (name, address)
    for address, told in tiles:
        if " = " not in told:  # no number, and why: that sentence counts no rows
            continue
        assert rows_of(client, address) == _said(told), (told, address)


def _said(words):
    """How many rows a sentence speaks of: "unchanged 4 of 9", "4 of 9 = 44 %", "…; n = 9"."""
    found = re.search(r"([\d,]+) of ([\d,]+)", words) or re.search(r"n = ([\d,]+)", words)
    assert found, words
    return number(found[1])
