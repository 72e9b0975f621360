"""Word differences: amounts, dates and invoice numbers stay whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drafts.review import change_list, facts_changed, word_diff

TEXT = st.text(st.sampled_from("ab 1,.\n€-é9"), max_size=60)


@given(TEXT, TEXT)
def test_the_pieces_give_both_texts_back(old, new):
    pieces = word_diff(old, new)
    assert "".join(text for op, text in pieces if op != "insert") == old
    assert "".join(text for op, text in pieces if op != "delete") == new


def test_a_changed_amount_is_one_deletion_and_one_insertion():
    assert word_diff("pay EUR 9,810.00 now", "pay EUR 9,180.00 now") == [
        ("equal", "pay EUR "), ("delete", "9,810.00"), ("insert", "9,180.00"), ("equal", " now")
    ]  # fmt: skip


def test_changed_facts_are_named_by_kind():
    old = "Please pay EUR 9,810.00 for INV-10442 by 15 September 2026, thanks."
    new = "Could you pay EUR 9,180.00 for INV-10443 by 16 September 2026, thanks."
    changes = change_list(old, new)
    assert [c.kind for c in changes] == ["text", "amount", "invoice", "date"]
    assert changes[1].words == "amount: 9,810.00 → 9,180.00"
    assert [c.kind for c in facts_changed(changes)] == ["amount", "invoice", "date"]


def test_amounts_of_other_locales_stay_whole():
    for old, new in (("1.234,56 €", "1.234,57 €"), ("1 234,56 €", "1 234,57 €"), ("1’234.50 CHF", "1’234.60 CHF")):
        changes = change_list(old, new)
        assert len(changes) == 1, changes
        assert changes[0].kind == "amount"


def test_equal_texts_have_no_changes():
    assert change_list("same", "same") == []
    assert word_diff("", "") == []


def test_a_long_text_is_compared_word_by_word_and_comes_together_again():
    words = [f"word{n % 700} {n},00" for n in range(4_500)]
    changed = [w.replace("7", "8") if n % 50 == 0 else w for n, w in enumerate(words)]
    parts = word_diff("\n".join(words), "\n".join(changed))
    assert "".join(text for op, text in parts if op != "insert") == "\n".join(words)
    assert "".join(text for op, text in parts if op != "delete") == "\n".join(changed)
