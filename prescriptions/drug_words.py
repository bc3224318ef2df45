"""Words beside a drug's name that say nothing of which drug it is."""

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
prolonged sustained immediate controlled er xr sr cr mr xl la dr ec ir xt cd od odt orodispersible disintegrating
dispersible effervescent soluble chewable buccal sublingual lozenge lozenges vial vials ampoule ampoules pen prefilled
syringe for hour hours hr hfa dpi mdi turbuhaler accuhaler evohaler kwikpen flexpen solostar usp bp mg mcg ml g iu
units unit dose doses
"""

SALTS = frozenset(_SALTS.split())
"""They fold away beside a name. Where one is the substance itself, as in potassium chloride, that is a name of it."""

FORMS = frozenset(_FORMS.split())
"""How it is made up and by which way it is taken."""


def is_form(word: str) -> bool:
    return word in FORMS or word.isdecimal()


def says_nothing(word: str) -> bool:
    return word in SALTS or is_form(word)
