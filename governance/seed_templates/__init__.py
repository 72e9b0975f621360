"""The approved texts a new installation starts with: one file per text and language,
``<key>.<language>.txt``.

A file has header lines (purpose, lane, step, subject), an empty line and the body.
``governance.words.seed_texts`` reads and checks them.
"""
