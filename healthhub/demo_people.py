"""Who the demo knows and what happened to them. Nobody here is real; the passwords are the demo's alone."""

from datetime import date
from typing import Any

PATIENT_PASSWORD, DOCTOR_PASSWORD = "patient123", "doctor123"
ADMINISTRATOR_PASSWORD, LABORATORY_PASSWORD = "admin123", "laboratory123"

DOCTORS: list[dict[str, Any]] = [
    {"email": "dr.smith@example.com", "first": "Jane", "last": "Smith", "specialization": "General practice", "license_number": "GP-20417"},
    {"email": "dr.brown@example.com", "first": "Emily", "last": "Brown", "specialization": "Internal medicine", "license_number": "IM-11862"},
]  # fmt: skip

PATIENTS: list[dict[str, Any]] = [
    {"first": first, "last": last, "date_of_birth": born, "sex": sex, "blood_type": blood, "phone": phone}
    for first, last, born, sex, blood, phone in [
        ("Alice", "Johnson", date(1988, 8, 14), "female", "A+", "555 0101"),
        ("Bob", "Wilson", date(1961, 5, 3), "male", "O+", "555 0102"),
        ("Carol", "Nguyen", date(1974, 1, 21), "female", "B+", "555 0103"),
        ("Dev", "Patel", date(1992, 11, 9), "male", "", "555 0104"),
        ("Grace", "Okafor", date(1957, 7, 30), "female", "O-", "555 0105"),
        ("Hugo", "Lind", date(2001, 3, 17), "male", "", "555 0106"),
        ("Ines", "Moreau", date(1983, 6, 2), "female", "AB+", "555 0107"),
        ("Maria", "Rossi", date(1969, 12, 2), "female", "A-", "555 0108"),
        ("Noor", "Haddad", date(1995, 4, 25), "female", "", "555 0109"),
        ("Peter", "Adeyemi", date(1966, 9, 12), "male", "O+", "555 0110"),
        ("Sam", "Ortiz", date(2010, 2, 8), "other", "", "555 0111"),
        ("Tom", "Becker", date(1952, 10, 19), "male", "B-", "555 0112"),
    ]
]

# name, doctor, days from today, hour by the clinic's clock, reason, how far it went
VISITS: list[tuple[str, str, int, float, str, str]] = [
    ("Alice Johnson", "Smith", -190, 9.5, "Tetanus booster", "completed"),
    ("Bob Wilson", "Smith", -160, 14, "Shoulder pain after gardening", "completed"),
    ("Tom Becker", "Smith", 0, 8.5, "Diabetes review", "completed"),
    ("Ines Moreau", "Smith", 0, 9.25, "New patient", "completed"),
    ("Carol Nguyen", "Smith", 0, 16, "Tiredness, results", "confirmed"),
    ("Maria Rossi", "Smith", 0, 16.5, "Asthma review", "confirmed"),
    ("Sam Ortiz", "Smith", 0, 17, "Vaccination", "confirmed"),
    ("Noor Haddad", "Brown", 0, 15.25, "Back pain", "confirmed"),
    ("Grace Okafor", "Smith", 3, 9.5, "Blood pressure, follow-up", "requested"),
    ("Dev Patel", "Smith", 5, 11, "Always cold, thyroid check", "requested"),
    ("Hugo Lind", "Brown", 4, 10, "Form for university", "requested"),
    ("Carol Nguyen", "Brown", -40, 11, "Heavy periods, tiredness", "completed"),
    ("Carol Nguyen", "Smith", -75, 10, "Annual checkup", "completed"),
    ("Peter Adeyemi", "Smith", -6, 10, "Knee pain", "no_show"),
    ("Grace Okafor", "Smith", -20, 9, "Headaches, blood pressure", "completed"),
    ("Maria Rossi", "Smith", -120, 11, "Cough in spring", "completed"),
    ("Noor Haddad", "Brown", -70, 14, "Ear pain", "completed"),
    ("Tom Becker", "Smith", -92, 8.5, "Diabetes review", "completed"),
    ("Grace Okafor", "Brown", -12, 13, "Dizzy in the morning", "cancelled"),
    ("Maria Rossi", "Smith", 9, 9, "Results discussion", "confirmed"),
]

AMLODIPINE = ("amLODIPine 5 mg tablet", "1 tablet", "every morning")
METFORMIN = ("metFORMIN 500 mg tablet", "1 tablet", "twice a day, with meals")
IRON = ("Ferrous sulfate 200 mg tablet", "1 tablet", "twice a day, with meals")
LEVOTHYROXINE = ("Levothyroxine 50 microgram tablet", "1 tablet", "every morning, before breakfast")
SALBUTAMOL = ("Salbutamol 100 microgram inhaler", "2 puffs", "when short of breath")
AMOXICILLIN = ("Amoxicillin 500 mg capsule", "1 capsule", "three times a day")
WARFARIN = ("Warfarin 5 mg tablet", "1 tablet", "every evening")
NAPROXEN = ("Naproxen 250 mg tablet", "1 tablet", "twice a day, with meals")

# name, doctor, days ago, what and how, days a supply, refills
MEDICATIONS: list[tuple[str, str, int, tuple[str, str, str], int, int]] = [
    ("Grace Okafor", "Smith", 19, AMLODIPINE, 30, 2),
    ("Tom Becker", "Smith", 10, METFORMIN, 90, 1),
    ("Carol Nguyen", "Brown", 38, IRON, 60, 0),
    ("Ines Moreau", "Smith", 1, LEVOTHYROXINE, 90, 3),
    ("Maria Rossi", "Smith", 119, SALBUTAMOL, 60, 2),
    ("Noor Haddad", "Brown", 69, AMOXICILLIN, 7, 0),
    ("Tom Becker", "Smith", 60, WARFARIN, 90, 1),
    ("Tom Becker", "Smith", 7, NAPROXEN, 10, 0),
]
OVERRIDDEN = {("Tom Becker", NAPROXEN[0]): ("will_monitor", "Gout, allopurinol not tolerated. INR in a week")}
"""(name, medication): the reason and note with which the doctor goes on although an alert speaks against it."""


def value(amount: str, unit: str, low: str | None = None, high: str | None = None) -> dict[str, str | None]:
    return {"value": amount, "unit": unit, "low": low, "high": high}


def cbc(hemoglobin: str, wbc: str, platelets: str) -> dict[str, Any]:
    return {
        "Hemoglobin": value(hemoglobin, "g/dL", "12.0", "15.5"),
        "WBC": value(wbc, "10*3/uL", "4.5", "11.0"),
        "Platelets": value(platelets, "10*3/uL", "150", "400"),
    }


def bmp(potassium: str, sodium: str, creatinine: str, glucose: str) -> dict[str, Any]:
    return {
        "Potassium": value(potassium, "mmol/L", "3.5", "5.1"),
        "Sodium": value(sodium, "mmol/L", "136", "145"),
        "Creatinine": value(creatinine, "mg/dL", "0.70", "1.30"),
        "Glucose": value(glucose, "mg/dL", "70", "99"),
    }


# name, doctor, days ago, test, priority, why; still without a result
ORDERS: list[tuple[str, str, int, str, str, str]] = [
    ("Grace Okafor", "Smith", 1, "BMP", "routine", "Blood pressure medicine for three weeks"),
    ("Hugo Lind", "Smith", 0, "TSH", "urgent", "Heart beats fast, loses weight"),
]

# name, doctor, hours ago, test, values that may still change
PRELIMINARY: list[tuple[str, str, float, str, dict[str, Any]]] = [
    ("Maria Rossi", "Smith", 5, "Sputum culture", {"Growth": value("none after 24 h", "")}),
]

# name, test of one of the results below, what was right, why, hours after it
CORRECTIONS: list[tuple[str, str, dict[str, Any], str, float]] = [
    ("Grace Okafor", "BMP", bmp("4.3", "140", "0.88", "92"), "Potassium was read from another tube.", 4),
]

# name, test of a result below, days after which the doctor wanted to look again, what for
FOLLOW_UPS: dict[tuple[str, str], tuple[int, str]] = {
    ("Ines Moreau", "Lipids"): (1, "LDL after a month of walking"),
}

# Courses over months, so that a trend is seen: days ago, values, what the doctor said
BOBS_COURSE: list[tuple[int, tuple[str, ...], str]] = [
    (255, ("4.4", "139", "1.10", "96"), "All in the range."),
    (208, ("4.6", "140", "1.16", "94"), "All in the range."),
    (161, ("4.8", "138", "1.22", "97"), "All in the range."),
    (112, ("4.7", "139", "113", "5.3"), "From another laboratory, in other units. In the range."),
    (61, ("5.0", "138", "1.41", "98"), "The kidneys work a little less. Please drink enough."),
    (33, ("5.2", "137", "1.55", "99"), "We look again in a month."),
    (8, ("5.3", "138", "1.62", "101"), "Please come in, so that we can talk about your medicines."),
]
ALICES_COURSE: list[tuple[int, tuple[str, str, str], str]] = [
    (410, ("14.1", "6.0", "262"), "All in the range."),
    (312, ("13.6", "6.4", "270"), "All in the range."),
    (221, ("13.1", "5.9", "258"), "All in the range."),
    (132, ("12.6", "6.2", "281"), "In the range. We keep an eye on it."),
    (74, ("12.2", "6.1", "290"), "At the lower end. Eat well, we look again."),
    (20, ("11.8", "6.3", "297"), "A little low. Let us talk about iron."),
]
ALICES_SUGAR = [
    (410, "5.3", "As it should be."),
    (312, "5.4", "As it should be."),
    (221, "5.5", "As it should be."),
    (132, "5.7", "Just over the line. Nothing to do now."),
    (74, "5.6", "Back below the line."),
    (20, "5.9", "A little above. Let us talk about food."),
]


def bob_bmp(potassium: str, sodium: str, creatinine: str, glucose: str) -> dict[str, Any]:
    """Numbers that can only be of the other laboratory come in its units."""
    values = bmp(potassium, sodium, creatinine, glucose)
    if float(creatinine) > 50:
        values["Creatinine"] = value(creatinine, "umol/L", "62", "115")
        values["Glucose"] = value(glucose, "mmol/L", "3.9", "5.5")
    return values


# name, doctor, hours ago, test, values, critical, what the doctor said (nothing: not reviewed yet)
RESULTS: list[tuple[str, str, float, str, dict[str, Any], bool, str]] = [
    ("Carol Nguyen", "Smith", 75 * 24, "CBC", cbc("11.6", "6.1", "301"), False, "A little low, we repeat it."),
    ("Carol Nguyen", "Brown", 40 * 24, "CBC", cbc("10.4", "5.8", "322"), False, "Low iron is likely. Please take the tablets."),
    ("Carol Nguyen", "Smith", 2.1, "CBC", cbc("8.9", "6.4", "318"), False, ""),
    ("Dev Patel", "Smith", 3.7, "Thyroid", {"TSH": value("9.8", "mIU/L", "0.4", "4.0"), "Free T4": value("0.9", "ng/dL", "0.8", "1.8")}, False, ""),
    ("Hugo Lind", "Smith", 21, "Urine drug screen", {"Result": value("see note", "")}, False, ""),
    ("Maria Rossi", "Smith", 22, "CBC", cbc("13.4", "7.0", "255"), False, ""),
    ("Tom Becker", "Smith", 92 * 24, "BMP", bmp("4.4", "139", "1.10", "148"), False, "Sugar is high, as we discussed."),
    ("Tom Becker", "Smith", 4 * 24, "BMP", bmp("4.6", "138", "1.18", "131"), False, "Better. Go on like this."),
    ("Peter Adeyemi", "Brown", 26 * 24, "BMP", bmp("4.1", "118", "0.92", "96"), True, "Reached by phone and read back. Sent to hospital."),
    ("Peter Adeyemi", "Brown", 12 * 24, "BMP", bmp("4.2", "137", "0.90", "94"), False, "Back in the range."),
    ("Ines Moreau", "Smith", 30, "Lipids", {"LDL cholesterol": value("131", "mg/dL", "0", "130"), "HDL cholesterol": value("58", "mg/dL", "40", "100")}, False, "Fine for your age. No medicine needed."),
    ("Grace Okafor", "Brown", 13 * 24, "BMP", bmp("3.9", "140", "0.88", "92"), False, "All in the range."),
    *(("Bob Wilson", "Smith", days * 24, "BMP", bob_bmp(*values), False, said) for days, values, said in BOBS_COURSE),
    *(("Alice Johnson", "Smith", days * 24, "CBC", cbc(*values), False, said) for days, values, said in ALICES_COURSE),
    *(("Alice Johnson", "Smith", days * 24 + 1, "HbA1c", {"HbA1c": value(amount, "%")}, False, said) for days, amount, said in ALICES_SUGAR),
]  # fmt: skip
