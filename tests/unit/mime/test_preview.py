"""The line under the subject says what is new in a message."""

import pytest

from sync.mime.preview import MAX_PREVIEW_CHARS, make_preview


@pytest.mark.parametrize(
    ("text", "preview"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("Guten Tag\n\nDer Befund\tliegt  vor.", "Guten Tag Der Befund liegt vor."),
        ("> Wann?\n\nMorgen.", "Morgen."),
        ("Am 3. März 2025 um 09:15 schrieb Labor Muster:\n> Wann?\nMorgen.", "Morgen."),
        ("On Mon, Mar 3, 2025 Example wrote:\n> When?\nTomorrow.", "Tomorrow."),
        ("Le lun. 3 mars 2025 à 09:15, Exemple a écrit :\n> Quand ?\nDemain.", "Demain."),
        ("Il giorno lun 3 mar 2025 Esempio ha scritto:\n> Quando?\nDomani.", "Domani."),
        ("Gruss\n-- \nPraxis am Platz\nTelefon", "Gruss"),
        ("Siehe unten.\n-----Ursprüngliche Nachricht-----\nVon: Labor", "Siehe unten."),
        ("Voir plus bas.\n-----Message d'origine-----\nDe : Labo", "Voir plus bas."),
        ("See below.\n---------- Forwarded message ---------\nFrom: Lab", "See below."),
        ("Siehe unten.\n________________________________\nVon: Labor", "Siehe unten."),
        ("> nur\n> zitiert", "nur zitiert"),
        ("Angebot\u200c\u00a0\u200c\u00a0\u00ad\u034f heute", "Angebot heute"),
        ("-- \nnur eine Signatur", "-- nur eine Signatur"),
        ("Am Montag kommt er.", "Am Montag kommt er."),
        ("On time: yes", "On time: yes"),
    ],
)
def test_what_is_new_is_shown(text: str, preview: str) -> None:
    assert make_preview(text) == preview


def test_a_long_text_ends_between_words() -> None:
    preview = make_preview("Wort " * 200)
    assert len(preview) <= MAX_PREVIEW_CHARS
    assert preview.endswith("Wort…")


def test_a_word_without_end_is_cut() -> None:
    assert make_preview("x" * 5000) == "x" * (MAX_PREVIEW_CHARS - 1) + "…"


def test_exactly_as_much_as_fits_is_not_cut() -> None:
    assert make_preview("x" * MAX_PREVIEW_CHARS) == "x" * MAX_PREVIEW_CHARS
