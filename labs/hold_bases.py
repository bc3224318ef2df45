"""On which grounds of the law a doctor may hold a result back from its patient. A site elsewhere has other grounds."""

from dataclasses import dataclass

from django.db import models


class Basis(models.TextChoices):
    LIFE_OR_SAFETY = "life_or_safety", "Danger to somebody's life or physical safety"
    HARM_TO_ANOTHER = "harm_to_another", "Substantial harm to another person whom it names"
    DOUBTFUL_DATA = "doubtful_data", "It may be somebody else's, or wrong"
    PRIVACY = "privacy", "The law asks for something first"
    SECURITY = "security", "The account may be in other hands"
    INSEPARABLE = "inseparable", "It cannot be separated from what may not be shown"


@dataclass(frozen=True)
class Ground:
    """`law`: where it is written. `means`: for who chooses it. `told`: for the patient, who is owed the ground."""

    law: str
    means: str
    told: str


GROUNDS: dict[str, Ground] = {
    Basis.LIFE_OR_SAFETY: Ground(
        "45 CFR 171.201(d)(3), 164.524(a)(3)(i)",
        "You have judged, for this patient, that reading it now is reasonably likely to endanger the life or physical "
        "safety of the patient or of somebody else. Distress is not enough.",
        "Your doctor believes that reading it now could put somebody in danger.",
    ),
    Basis.HARM_TO_ANOTHER: Ground(
        "45 CFR 171.201(d)(2), 164.524(a)(3)(ii)",
        "It refers to another person, and you have judged that reading it is reasonably likely to do them substantial "
        "harm.",
        "Your doctor believes that it could do great harm to another person whom it names.",
    ),
    Basis.DOUBTFUL_DATA: Ground(
        "45 CFR 171.201(c)(2)",
        "You know, or have reason to suspect, that it is mixed up, damaged or wrong. Have it corrected or cancelled.",
        "It may be wrong, or somebody else's. It is being checked.",
    ),
    Basis.PRIVACY: Ground(
        "45 CFR 171.202(b)",
        "A law of the country or the state asks for a consent or an identification that is not there yet.",
        "A law asks for something first, such as a consent. The clinic can tell you what.",
    ),
    Basis.SECURITY: Ground(
        "45 CFR 171.203",
        "You have reason to believe that somebody else reads this patient's account. Have the password changed.",
        "Somebody else may be reading your account. Call the clinic to make it safe.",
    ),
    Basis.INSEPARABLE: Ground(
        "45 CFR 171.204(a)(2)",
        "It holds information that may not be shown, and the two cannot be told apart for certain.",
        "It holds something about somebody else that may not be shown, and the two cannot be kept apart.",
    ),
}
