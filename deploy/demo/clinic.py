"""What a practice gets about its patients: laboratory, reports, referrals, insurers, patients themselves."""

from random import Random

from deploy.demo import documents
from deploy.demo.letter import File, Letter, table
from deploy.demo.people import (
    HOME_CARE,
    HOSPITAL,
    INSURERS,
    LAB,
    PATHOLOGY,
    PATIENTS,
    PHARMACY,
    PRACTICE,
    RADIOLOGY,
    SPECIALISTS,
    patient_line,
)

_PDF = "application/pdf"
# name, unit, reference as text, low, high, how far values scatter, digits
_ANALYSES = (
    ("Hämoglobin", "g/l", "120–160", 120.0, 160.0, 16.0, 0),
    ("Leukozyten", "G/l", "4.0–10.0", 4.0, 10.0, 2.4, 1),
    ("Thrombozyten", "G/l", "150–400", 150.0, 400.0, 70.0, 0),
    ("CRP", "mg/l", "< 5", 0.3, 5.0, 9.0, 1),
    ("Kreatinin", "µmol/l", "45–90", 45.0, 90.0, 18.0, 0),
    ("Kalium", "mmol/l", "3.5–5.0", 3.5, 5.0, 0.5, 1),
    ("HbA1c", "%", "< 5.7", 4.6, 5.7, 1.0, 1),
    ("TSH", "mU/l", "0.4–4.0", 0.4, 4.0, 1.6, 2),
    ("Ferritin", "µg/l", "15–150", 15.0, 150.0, 55.0, 0),
    ("ALAT (GPT)", "U/l", "< 35", 8.0, 35.0, 15.0, 0),
    ("LDL-Cholesterin", "mmol/l", "< 3.0", 1.2, 3.0, 0.9, 1),
    ("Vitamin D (25-OH)", "nmol/l", "> 50", 50.0, 120.0, 30.0, 0),
)


def lab_result(random: Random) -> Letter:
    patient, order = patient_line(random), random.randint(100_000, 999_999)
    rows = [_value(random, number) for number in sorted(random.sample(range(len(_ANALYSES)), 6))]
    lines = [f"Patient: {patient}", f"Auftrag: {order}", f"Auftraggeber: {PRACTICE.name}", ""]
    lines += [
        f"{name:<22} {value:>16}    Ref. {reference}{'   *' if out else ''}" for name, value, reference, out in rows
    ]
    urgent = random.random() < 0.08
    return Letter(
        sender=LAB,
        subject=f"{'DRINGEND: ' if urgent else ''}Laborbefund {order} – {patient}",
        text="Guten Tag\n\n"
        + "\n".join([*lines[:2], "", *lines[4:]])
        + "\n\n* ausserhalb der Referenz\n\nLabor Seeblick AG\n",
        html=table(rows) if random.random() < 0.6 else "",
        files=(File(f"Befund_{order}.pdf", _PDF, documents.pdf(f"Laborbefund {order}", lines)),),
        urgent=urgent,
    )


def _value(random: Random, number: int) -> tuple[str, str, str, bool]:
    name, unit, reference, low, high, scatter, digits = _ANALYSES[number]
    value = max(low * 0.4, random.gauss((low + high) / 2, scatter))
    return name, f"{value:.{digits}f} {unit}", reference, not low <= value <= high


def histology(random: Random) -> Letter:
    patient, number = patient_line(random), f"H26-{random.randint(1000, 9999)}"
    where = random.choice(("Haut, Schulter links", "Haut, Stirn rechts", "Kolon, Polyp 30 cm ab ano", "Magen, Antrum"))
    finding = random.choice(
        ("Kein Anhalt für Malignität.", "Seborrhoische Keratose, vollständig entfernt.", "Tubuläres Adenom, low grade.")
    )
    lines = [f"Patient: {patient}", f"Entnahme: {where}", "", "Beurteilung", finding, "", "Elektronisch visiert"]
    return Letter(
        sender=PATHOLOGY,
        subject=f"Histologie {number} – {patient}",
        text=f"Sehr geehrte Frau Kollegin\n\n{where}\nBeurteilung: {finding}\n\nInstitut für Pathologie Rebberg\n",
        files=(File(f"Histologie_{number}.pdf", _PDF, documents.pdf(f"Histologischer Befund {number}", lines)),),
    )


def imaging(random: Random) -> Letter:
    patient = patient_line(random)
    what = random.choice(("MRI Knie links", "Röntgen Thorax", "Ultraschall Abdomen", "CT Schädel nativ", "MRI LWS"))
    finding = random.choice(
        (
            "Kein Nachweis einer akuten Pathologie.",
            "Beginnende degenerative Veränderungen, altersentsprechend.",
            "Diskusprotrusion L4/5 ohne Kompression neuraler Strukturen.",
            "Riss im Innenmeniskus-Hinterhorn. Orthopädische Vorstellung empfohlen.",
        )
    )
    lines = [f"Patient: {patient}", f"Untersuchung: {what}", "", "Befund", finding, "", "Dr. med. P. Gantenbein"]
    return Letter(
        sender=RADIOLOGY,
        subject=f"Bericht {what}: {patient}",
        text=f"Sehr geehrte Frau Kollegin\n\nBesten Dank für die Zuweisung.\n\n{what}: {finding}\n\nDie Bilder sind im "
        "Portal abrufbar.\n\nFreundliche Grüsse\nRadiologie Rosengarten\n",
        files=(File("Radiologiebericht.pdf", _PDF, documents.pdf(f"Bericht {what}", lines)),),
    )


def specialist_report(random: Random) -> Letter:
    sender, patient = random.choice(SPECIALISTS), patient_line(random)
    advice = random.choice(
        (
            "Wir empfehlen eine Verlaufskontrolle in sechs Monaten bei uns.",
            "Die Medikation kann unverändert weitergeführt werden.",
            "Neu Bisoprolol 2.5 mg morgens. Bitte um Kontrolle von Blutdruck und Puls in zwei Wochen bei Ihnen.",
            "Eine Physiotherapie wurde verordnet, neun Sitzungen. Keine Kontrolle bei uns geplant.",
        )
    )
    files = [
        File(
            "Sprechstundenbericht.pdf", _PDF, documents.pdf("Sprechstundenbericht", [f"Patient: {patient}", "", advice])
        )
    ]
    if "Kardiologie" in sender.name:
        files.append(File("Ruhe-EKG.png", "image/png", documents.heart_curve(random)))
    return Letter(
        sender=sender,
        subject=f"(Vertraulich) Bericht {patient}",
        text=f"Liebe Anna\n\nVielen Dank für die freundliche Zuweisung von {patient}.\n\n{advice}\n\n"
        f"Der ausführliche Bericht liegt bei.\n\nBeste Grüsse\n{sender.name}\n",
        files=tuple(files),
    )


def discharge(random: Random) -> Letter:
    patient, ward = patient_line(random), random.choice(("2 Ost", "3 West", "4 Nord"))
    reason = random.choice(
        ("ambulant erworbene Pneumonie", "dekompensierte Herzinsuffizienz", "Synkope unklarer Genese")
    )
    lines = [
        f"Patient: {patient}",
        f"Station {ward}",
        "",
        "Hauptdiagnose",
        reason,
        "",
        "Procedere",
        "Kontrolle in 7 Tagen",
    ]
    return Letter(
        sender=HOSPITAL,
        subject=f"Austrittsbericht {patient}",
        text=f"Sehr geehrte Frau Dr. Brunner\n\nWir berichten über {patient}, hospitalisiert wegen: {reason}.\n"
        "Austritt nach Hause in gutem Allgemeinzustand. Bitte um klinische und laborchemische Kontrolle in einer Woche."
        "\n\nFreundliche Grüsse\nSpital Limmatau\n",
        files=(File("Austrittsbericht.pdf", _PDF, documents.pdf("Provisorischer Austrittsbericht", lines)),),
    )


def referral_answer(random: Random) -> Letter:
    sender, patient = random.choice(SPECIALISTS), patient_line(random)
    day, hour = f"{random.randint(1, 28)}.{random.randint(1, 12)}.", random.randint(8, 16)
    return Letter(
        sender=sender,
        subject=f"Terminbestätigung Zuweisung {patient}",
        text=f"Guten Tag\n\nWir haben {patient} auf den {day} um {hour:02d}:30 Uhr aufgeboten. Die Patientin oder der "
        "Patient wurde schriftlich informiert.\n\nBitte senden Sie uns noch die aktuelle Medikamentenliste.\n\n"
        f"Freundliche Grüsse\nSekretariat {sender.name}\n",
    )


def insurer(random: Random) -> Letter:
    sender, patient, case = random.choice(INSURERS), patient_line(random), random.randint(1_000_000, 9_999_999)
    subject, text = random.choice(
        (
            ("Rückfrage des Vertrauensarztes", "Bitte beantworten Sie die beiliegenden Fragen innert 14 Tagen."),
            ("Kostengutsprache erteilt", "Wir übernehmen die Kosten der stationären Rehabilitation für 21 Tage."),
            (
                "Kostengutsprache abgelehnt",
                "Die Voraussetzungen nach KLV sind nach Prüfung der Unterlagen nicht erfüllt.",
            ),
            ("Arztzeugnis fehlt", "Für die Auszahlung des Taggeldes benötigen wir das Zeugnis ab dem 15. des Monats."),
            ("Rückweisung Rechnung", "Die Tarifposition ist mit der gleichen Sitzung nicht kumulierbar."),
        )
    )
    lines = [f"Versicherte Person: {patient}", f"Fall {case}", "", text]
    return Letter(
        sender=sender,
        subject=f"{subject} – Fall {case}",
        text=f"Sehr geehrte Damen und Herren\n\nBetrifft: {patient}\n\n{text}\n\nFreundliche Grüsse\n{sender.name}\n",
        files=(File(f"Schreiben_{case}.pdf", _PDF, documents.pdf(subject, lines)),) if random.random() < 0.7 else (),
    )


_ASKED = (
    (
        "Termin verschieben",
        "ich muss meinen Termin vom Donnerstag leider absagen. Hätten Sie nächste Woche am Nachmittag noch etwas frei?",
    ),
    (
        "Rezept verlängern",
        "mein Blutdruckmittel geht Ende Woche aus. Könnten Sie das Rezept bitte an die Apotheke zum Brunnen schicken?",
    ),
    (
        "Frage zum Laborwert",
        "ich habe meine Resultate bekommen und verstehe den einen Wert nicht. Darf ich kurz anrufen?",
    ),
    (
        "Arztzeugnis für den Arbeitgeber",
        "mein Arbeitgeber verlangt ein Zeugnis ab dem zweiten Tag. Kann ich es abholen?",
    ),
    (
        "Impfung vor der Reise",
        "wir fahren im Februar nach Sri Lanka. Welche Impfungen brauchen wir, und wann sollen wir kommen?",
    ),
    (
        "Adressänderung",
        "wir sind umgezogen. Die neue Adresse: Birkenweg 12, 8000 Musterlikon. Die Versicherung bleibt gleich.",
    ),
    (
        "Husten wird nicht besser",
        "seit zwei Wochen habe ich Husten, seit gestern auch Fieber bis 38.6. Soll ich vorbeikommen?",
    ),
    ("Rechnung unklar", "auf der Rechnung steht eine Position, die ich nicht kenne. Können Sie mir das erklären?"),
)


def patient_question(random: Random) -> Letter:
    sender, (subject, text) = random.choice(PATIENTS), random.choice(_ASKED)
    end = random.choice(("Freundliche Grüsse", "Liebe Grüsse", "Besten Dank und freundliche Grüsse", "Vielen Dank"))
    return Letter(
        sender=sender,
        subject=subject,
        text=f"Grüezi\n\n{text[0].upper()}{text[1:]}\n\n{end}\n{sender.name}\n\n--\nVon meinem Telefon gesendet\n",
    )


def patient_photo(random: Random) -> Letter:
    sender = random.choice(PATIENTS)
    return Letter(
        sender=sender,
        subject="Foto vom Ausschlag",
        text="Guten Tag Frau Doktor\n\nWie am Telefon besprochen ein Foto vom Arm. Es juckt seit Sonntag, die Crème "
        f"hilft nur wenig.\n\nFreundliche Grüsse\n{sender.name}\n",
        files=(File(f"IMG_{random.randint(1000, 9999)}.png", "image/png", documents.skin_photo(random)),),
    )


def home_care(random: Random) -> Letter:
    patient = patient_line(random)
    news = random.choice(
        (
            "Gewicht +2.4 kg in drei Tagen, leichte Beinödeme.",
            "Wunde trocken und reizlos.",
            "Blutzucker heute 14.8 nüchtern.",
        )
    )
    return Letter(
        sender=HOME_CARE,
        subject=f"Rückmeldung Spitex: {patient}",
        text=f"Guten Tag\n\n{news}\nBitte um kurze Rückmeldung, ob wir etwas anpassen sollen.\n\nSpitex Birkenfeld\n",
        urgent="14.8" in news,
    )


def pharmacy(random: Random) -> Letter:
    drug = random.choice(("Amlodipin 5 mg", "Metformin 1000 mg", "Salbutamol Dosieraerosol", "Pantoprazol 40 mg"))
    return Letter(
        sender=PHARMACY,
        subject=f"Lieferengpass {drug}",
        text=f"Liebes Praxisteam\n\n{drug} ist zurzeit nicht lieferbar. Dürfen wir für {patient_line(random)} auf ein "
        "Generikum wechseln?\n\nFreundliche Grüsse\nApotheke zum Brunnen\n",
    )
