"""What a page says after a form was accepted. A page's address names a sentence of this table, never words of its own:
so nobody can make a link that puts words into our mouth.
"""

TOLD = {
    "saved": "Saved.",
    "moved": "Done. Everybody who has to know is being told.",
    "waived": "The exception is recorded.",
    "remarked": "Your message is sent.",
    "assessed": "Your findings are saved.",
    "registered": "It is there. Fill in what is missing, then submit it.",
    "signed_out": "You are signed out.",
    "applied": "The calendar is applied.",
    "replayed": "It is on its way again.",
    "held": "It is held.",
    "resumed": "The channel is used again.",
    "preferred": "Your choice is kept.",
}
