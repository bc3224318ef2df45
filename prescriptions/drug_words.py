"""Words beside a drug's name that say nothing of which drug it is."""

import re
from collections.abc import Iterable

from prescriptions.spellings import words
from prescriptions.strengths import AMOUNT

_SALTS = """
acetate acetonide adipate anhydrous arginine ascorbate aspartate axetil benzoate benzathine besilate besylate bisulfate
bitartrate bromide calcium camsylate carbonate chloride cilexetil citrate decanoate dihydrate dihydrochloride dihydrogen
dimesylate diphosphate dipropionate disodium disoproxil embonate erbumine ester estolate etabonate etexilate
ethylsuccinate fumarate furoate gluconate glucuronate hbr hcl hemifumarate hemihydrate hyclate hydrobromide
hydrochloride hydrogen hydrogensulfate hydroxide iodide lactate lysine magnesium malate maleate medoxomil meglumine
mesilate mesylate monohydrate mononitrate napsylate nitrate oxalate palmitate pamoate phosphate pivoxil potassium
propionate proxetil saccharate sesquihydrate sodium stearate succinate sulfate sulphate tartrate teoclate tosilate
tosylate trihydrate trometamol tromethamine valerate xinafoate zinc
"""

_FORMS = """
tablet tablets tab tabs capsule capsules cap caps caplet caplets softgel softgels pill pills oral solution soln
suspension susp elixir syrup drop drops liquid injection injectable inj infusion iv im sc po sl pr intravenous
intramuscular subcutaneous cream ointment oint gel lotion foam patch patches transdermal inhaler inhalation inhaled
nebuliser nebulizer nebules spray nasal ophthalmic otic eye ear topical rectal suppository suppositories vaginal
pessary powder granules sachet sachets film coated enteric gastro resistant delayed release extended modified
prolonged sustained immediate controlled retard er xr sr cr mr xl la dr ec ir xt cd od odt orodispersible
disintegrating dispersible effervescent soluble chewable buccal sublingual lozenge lozenges vial vials ampoule ampoules
pen prefilled syringe for hour hours hr hfa dpi mdi turbuhaler turbohaler accuhaler evohaler diskus ellipta handihaler
respimat flexhaler kwikpen flexpen flextouch solostar penfill usp bp dose doses ds
subcut top gm nebs amp amps cartridge cartridges daily once twice nightly weekly bd bid tds tid qid qds prn nocte mane
stat
"""

DIRECTION = re.compile(
    r"""(?<![\w.,/#-])(?:
        p\.\s?o\b\.? | i\.\s?[vm]\b\.? | s\.\s?[cl]\b\.? | [se]/c\b | [mp]/r\b | pre-?filled\b | with\s+food\b
        | q\s?\d{1,2}(?:-\d{1,2})?\s?h(?:rs?|ourly)?\b
        | (?:\d|two|three|four)\s+times\s+(?:daily|weekly|an?\s+(?:day|week))\b
        | (?:once|twice)\s+an?\s+(?:day|week)\b
        | \(\s*as\s+(?:SALT\s*)+\)
    )""".replace(
        "SALT",
        "(?:sodium|hydrochloride|hcl|maleate|mesilate|mesylate|besilate|besylate|sulfate|sulphate|tartrate|fumarate)",
    ),
    re.VERBOSE,
)
"""What is said of how it is taken in more than one word, or with marks and numbers in it."""

SALTS = frozenset(_SALTS.split())
"""They fold away directly beside a name. Where one is the substance itself, as in potassium chloride, that is a name
of it."""

FORMS = frozenset(_FORMS.split())
"""How it is made up, by which way it is taken and how often."""

NO_NAME = "this is a form, a salt, a unit or a number, which says nothing of which drug it is."

JOINERS = frozenset({"and", "with", "plus"})
"""Between two drugs; beside one they are a part of its name, as in Nurofen Plus."""

_SOLD_AS = {
    "potassium": "losartan diclofenac azilsartan raltegravir phenoxymethylpenicillin benzylpenicillin clavulanic-acid",
    "calcium": "atorvastatin rosuvastatin pitavastatin fenoprofen acamprosate folinic-acid heparin dalteparin",
    "magnesium": "esomeprazole omeprazole pantoprazole valproic-acid",
    "zinc": "insulin-human bacitracin",
}
METALS = frozenset(_SOLD_AS)
"""Salts that are taken for their own sake as well."""

_WATER = "anhydrous monohydrate dihydrate trihydrate hemihydrate sesquihydrate"
_OF_METALS = "acetate aspartate carbonate chloride citrate gluconate hydrochloride hydroxide lactate phosphate sulfate"

WATER = frozenset(_WATER.split())
OF_METALS = WATER | {*_OF_METALS.split(), "sulphate"}
"""Behind a metal these say nothing; potassium iodide is taken for its iodide."""

_SALT_OF = {word: {name.replace("-", " ") for name in names.split()} for word, names in _SOLD_AS.items()}


def is_its_salt(word: str, ingredients: Iterable[str]) -> bool:
    """Whether a word that names a drug as well may be the salt of this one.

    Losartan is sold as losartan potassium; lisinopril is not, so that "lisinopril potassium" is two drugs. A salt that
    is missing here is a matter of the rule set: "warfarin potassium" can be a name of warfarin.
    """
    return not _SALT_OF.get(word, set()).isdisjoint(ingredients)


def is_mixed(ingredients: Iterable[str]) -> bool:
    """Whether two numbers that make a hundred are a mixture of the same: insulin 70/30."""
    return all(name.startswith("insulin") for name in ingredients)


def is_form(word: str) -> bool:
    return word in FORMS or word.isdecimal()


def says_nothing(word: str) -> bool:
    return word in SALTS or is_form(word)


def names_no_drug(name: str) -> bool:
    """Whether all of its words only stand beside a name: tablet, 500 mg, acetate. Potassium chloride is one."""
    told = words(name)
    if len(told) == 1 and told[0] in SALTS:
        return told[0] not in METALS
    return all(is_form(word) or word in JOINERS or AMOUNT.fullmatch(word) for word in told)
