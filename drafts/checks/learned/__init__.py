"""What a sentence means, learned: a linear model over words, the tags of a thesaurus and what the rule packs saw."""
