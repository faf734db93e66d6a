"""Who writes in the demo. All invented; every address ends in `.example`, which belongs to nobody."""

from dataclasses import dataclass
from email.headerregistry import Address
from random import Random


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    mail: str

    @property
    def header(self) -> Address:
        return Address(self.name, addr_spec=self.mail)

    @property
    def first_name(self) -> str:
        return self.name.removeprefix("Dr. med. ").split()[0]


PASSWORD = "demo"
PRACTICE = Person("Praxis am Lindenhof", "praxis@arztpraxis.example")
DOCTOR = Person("Dr. med. Anna Brunner", "anna.brunner@arztpraxis.example")
ASSISTANTS = ("Selina Gerber", "Nadja Hofer", "Lena Wüthrich", "Fabienne Roth", "Miriam Zaugg")

LAB = Person("Labor Seeblick AG", "befunde@labor-seeblick.example")
PATHOLOGY = Person("Institut für Pathologie Rebberg", "histologie@pathologie-rebberg.example")
RADIOLOGY = Person("Radiologie Rosengarten", "berichte@radiologie-rosengarten.example")
HOSPITAL = Person("Spital Limmatau, Medizin", "austritt@spital-limmatau.example")
HOME_CARE = Person("Spitex Birkenfeld", "pflege@spitex-birkenfeld.example")
PHARMACY = Person("Apotheke zum Brunnen", "rezepte@apotheke-brunnen.example")
WHOLESALER = Person("Medivorrat AG", "bestellung@medivorrat.example")
SOFTWARE = Person("Praxisdirekt Support", "support@praxisdirekt.example")
ACADEMY = Person("Hausarztforum Mittelland", "kurse@hausarztforum.example")
CLEANING = Person("Glanzrein GmbH", "disposition@glanzrein.example")
TRUSTEE = Person("Treuhand Moser & Partner", "u.moser@treuhand-moser.example")
BANK = Person("Bank am Fluss", "mitteilung@bank-am-fluss.example")
CANTON = Person("Kantonsärztlicher Dienst", "meldungen@gesundheit-kanton.example")

SPECIALISTS = (
    Person("Dr. med. Urs Ammann, Kardiologie", "ammann@kardio-zentrum.example"),
    Person("Dr. med. Chiara Bernasconi, Dermatologie", "bernasconi@hautpraxis-bellevue.example"),
    Person("Dr. med. Reto Schild, Orthopädie", "schild@ortho-sihlhof.example"),
    Person("Dr. med. Helen Meister, Gastroenterologie", "meister@gastro-west.example"),
    Person("Dr. med. Marc Favre, Neurologie", "favre@neuro-favre.example"),
)
INSURERS = (
    Person("Alpina Krankenversicherung", "leistungen@alpina-kv.example"),
    Person("Sanavia Versicherungen", "vertrauensarzt@sanavia.example"),
    Person("Edelweiss Unfall", "schaden@edelweiss-unfall.example"),
    Person("Pro Mensura Taggeld", "taggeld@promensura.example"),
)
PATIENTS = tuple(
    Person(name, f"{mail}@mail.example")
    for name, mail in (
        ("Ursula Ackermann", "u.ackermann"),
        ("Beat Aeschlimann", "beat.aeschlimann"),
        ("Rosmarie Bühler", "rosmarie.buehler"),
        ("Dragana Jovanović", "dragana.j"),
        ("Hans-Peter Kälin", "hp.kaelin"),
        ("Sandro Lombardi", "sandro.lombardi"),
        ("Claudine Perret", "claudine.perret"),
        ("Yannick Rüegg", "yannick.rueegg"),
        ("Margrit Scheidegger", "margrit.scheidegger"),
        ("Thushara Sivakumar", "thushara.s"),
        ("Verena Stöckli", "verena.stoeckli"),
        ("Luca Tanner", "luca.tanner"),
        ("Elif Yıldız", "elif.yildiz"),
        ("Jürg Zollinger", "juerg.zollinger"),
        ("Heidi Zürcher", "heidi.zuercher"),
        ("Noah Widmer", "noah.widmer"),
    )
)


def patient_line(random: Random) -> str:
    """How a patient is named in a report: name, sex, date of birth."""
    person = random.choice(PATIENTS)
    last = person.name.split()[-1]
    first = person.name.split()[0]
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(1938, 2004)
    return f"{last} {first}, {day:02d}.{month:02d}.{year}"
