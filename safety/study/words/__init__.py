"""A study in words: sentences made from its typed rules, so that a changed number changes them."""
