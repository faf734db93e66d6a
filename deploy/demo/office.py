"""What a practice gets about itself: suppliers, courses, invoices, colleagues, advertising."""

from random import Random

from deploy.demo import documents
from deploy.demo.letter import File, Letter, page
from deploy.demo.people import (
    ACADEMY,
    ASSISTANTS,
    BANK,
    CANTON,
    CLEANING,
    DOCTOR,
    PRACTICE,
    SOFTWARE,
    TRUSTEE,
    WHOLESALER,
    Person,
)

_NEWS = (
    (
        ACADEMY,
        "Programm Herbst: Refresher für die Hausarztpraxis",
        "#6a1b9a",
        "Zum Programm",
        (
            "Am 14. und 15. November findet der Refresher in Aarau statt: Schwindel, Schilddrüse, Schulter.",
            "Acht Stunden werden als Kernfortbildung angerechnet. Frühbuchende erhalten zehn Prozent Rabatt.",
        ),
    ),
    (
        WHOLESALER,
        "Grippeimpfstoff: jetzt vorbestellen",
        "#00796b",
        "Vorbestellen",
        (
            "Die Auslieferung beginnt in der zweiten Oktoberwoche. Bestellungen vor Ende Monat gehen vor.",
            "Neu im Sortiment: Fertigspritzen mit kurzer Nadel und Kühltaschen für den Hausbesuch.",
        ),
    ),
    (
        SOFTWARE,
        "Neue Version am Wochenende",
        "#1565c0",
        "Was ist neu",
        (
            "In der Nacht auf Sonntag wird Praxisdirekt aktualisiert. Bitte melden Sie sich am Samstagabend ab.",
            "Neu: Die Agenda zeigt Wiederholungstermine farbig, und Sammelrezepte druckt man in einem Schritt.",
        ),
    ),
    (
        CANTON,
        "Meldepflicht: aktuelle Lage Masern",
        "#37474f",
        "Zur Wegleitung",
        (
            "Im Kanton wurden drei Masernfälle bestätigt. Bitte prüfen Sie den Impfstatus Ihres Personals.",
            "Verdachtsfälle sind innert 24 Stunden zu melden, Laborbestätigungen nach Absprache.",
        ),
    ),
    (
        BANK,
        "Neue Konditionen für Ihr Geschäftskonto",
        "#ad1457",
        "Mehr erfahren",
        (
            "Ab dem nächsten Quartal gelten angepasste Gebühren für Bareinzahlungen.",
            "An Ihren übrigen Konditionen ändert sich nichts.",
        ),
    ),
)


def newsletter(random: Random) -> Letter:
    sender, subject, colour, button, paragraphs = random.choice(_NEWS)
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    mark = File("logo.png", "image/png", documents.logo((red, green, blue)), content_id="logo")
    return Letter(
        sender=sender,
        subject=subject,
        text="\n\n".join(paragraphs) + f"\n\n{sender.name}\n",
        html=page(sender.name, colour, paragraphs, picture="logo", button=button),
        files=(mark,),
    )


def invoice(random: Random) -> Letter:
    sender = random.choice((WHOLESALER, CLEANING, TRUSTEE))
    number, francs = random.randint(20_000, 89_999), random.randint(120, 2400)
    lines = [
        f"Rechnung {number}",
        f"Betrag CHF {francs}.{random.choice(('00', '45', '80'))}",
        "Zahlbar innert 30 Tagen",
    ]
    return Letter(
        sender=sender,
        subject=f"Rechnung {number}",
        text=f"Guten Tag\n\nIm Anhang die Rechnung {number}. Besten Dank für die Zusammenarbeit.\n\n{sender.name}\n",
        files=(File(f"Rechnung_{number}.pdf", "application/pdf", documents.pdf(f"Rechnung {number}", lines)),),
    )


_NOTES = (
    (
        "Ferienplanung Oktober",
        "Wer kann in der zweiten Herbstferienwoche arbeiten? Bitte bis Freitag im Plan eintragen.",
    ),
    ("Teamsitzung Dienstag", "Traktanden: Impfaktion, neue Telefonzeiten, Kühlschrankprotokoll. Bitte ergänzen."),
    (
        "Kühlschrank Labor",
        "Gestern Abend zeigte er 9.1 Grad. Der Techniker kommt heute um 14 Uhr, bitte Impfstoffe umlagern.",
    ),
    (
        "Rückruf Frau Ackermann",
        "Sie hat zweimal angerufen wegen der Überweisung. Ruft jemand zurück? Nummer in der KG.",
    ),
    ("Pikettwechsel", "Kann jemand mit mir den Samstag tauschen? Ich würde dafür den 24. übernehmen."),
    ("Bestellung Verbandsmaterial", "Ich bestelle morgen. Fehlt noch etwas ausser Tupfer und Steristrips?"),
)


def note(random: Random) -> Letter:
    """Among colleagues."""
    name, (subject, text) = random.choice(ASSISTANTS), random.choice(_NOTES)
    return Letter(
        sender=Person(name, PRACTICE.mail),
        subject=subject,
        text=f"Hoi zäme\n\n{text}\n\nLiebs Grüessli\n{name.split()[0]}\n",
    )


def note_for_doctor(random: Random) -> Letter:
    """What the practice sends on to the doctor's own mailbox."""
    name, (subject, text) = random.choice(ASSISTANTS), random.choice(_NOTES)
    return Letter(
        sender=Person(name, PRACTICE.mail),
        to=DOCTOR,
        subject=subject,
        text=f"Liebe Anna\n\n{text}\n\n{name.split()[0]}\n",
    )


def advertising(random: Random) -> Letter:
    """For the junk folder."""
    subject, text = random.choice(
        (
            (
                "Ihre Praxis auf Platz 1 bei der Suche!!!",
                "Nur heute: 70 % Rabatt auf unser Premium-Paket. Antworten Sie mit JA.",
            ),
            ("Paket konnte nicht zugestellt werden", "Ihr Paket wartet. Bestätigen Sie die Zollgebühr von CHF 2.99."),
            (
                "Konto gesperrt: bitte Daten bestätigen",
                "Wir haben ungewöhnliche Aktivität festgestellt. Klicken Sie hier.",
            ),
            ("Luxusuhren bis 90 % günstiger", "Schweizer Qualität, diskret geliefert. Solange Vorrat."),
        )
    )
    sender = Person(
        random.choice(("Kundendienst", "Top Angebote", "Service Team")),
        f"info{random.randint(10, 99)}@angebote.example",
    )
    return Letter(
        sender=sender, subject=subject, text=f"{text}\n", html=page(subject, "#d84315", (text,), button="JETZT KLICKEN")
    )
