"""What a page says after a form was accepted. A page's address names a sentence of this table, never words of its own:
so nobody can make a link that puts words into our mouth.
"""

TOLD = {
    "saved": "Saved.",
    "moved": "Done. Everybody who has to know is being told.",
    "waived": "The exception is recorded.",
    "remarked": "Your message is sent.",
    "noted": "Your note is kept. Only the staff sees it.",
    "claimed": "The review is yours. The promise keeps running.",
    "given_back": "The review is back in the queue.",
    "assessed": "Your findings are saved.",
    "registered": "It is there. Fill in what is missing, then submit it.",
    "signed_out": "You are signed out.",
    "applied": "The calendar is applied.",
    "applied_in_part": "The calendar is applied, but some subjects were left as they are; see below.",
    "replayed": "It is on its way again.",
    "resent": "A second letter is on its way.",
    "held": "It is held.",
    "resumed": "The channel is used again.",
    "preferred": "Your choice is kept.",
}
