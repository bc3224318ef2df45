"""What is published, pair by pair, with where: what must be found, and what was deliberately left out."""

import pytest

from tests.prescriptions.book import allergic, checked, found

ONC = "Phansalkar 2012, PMC3422823, Table 2; PMC9218784, Table 4"
MEMBERS = f"{ONC}; members: Revised Table 2 (dbmi-pitt/public-PDDI-analysis)"
WARNED = "FDA Drug Safety Communications 2011-2013; Drew 2010"
NOT_ACCEPTED = "Phansalkar 2012, PMC3422823, Table 3: discussed and not accepted"
CYP3A4 = ("amiodarone", "diltiazem", "erythromycin", "fluconazole", "verapamil")
CONTRAINDICATED, MAJOR, MODERATE, MINOR = "contraindicated", "major", "moderate", "minor"

INTERACTIONS = [
    ("methylphenidate", "phenelzine", CONTRAINDICATED, ONC),
    ("Sudafed", "tranylcypromine", CONTRAINDICATED, ONC),
    ("atazanavir", "omeprazole", CONTRAINDICATED, ONC),
    ("Reyataz", "dexlansoprazole", CONTRAINDICATED, ONC),
    ("febuxostat", "azathioprine", CONTRAINDICATED, ONC),
    ("febuxostat", "6-mercaptopurine", CONTRAINDICATED, ONC),
    ("fluoxetine", "phenelzine", CONTRAINDICATED, ONC),
    ("sertraline", "selegiline", CONTRAINDICATED, ONC),
    ("duloxetine", "isocarboxazid", CONTRAINDICATED, ONC),
    ("irinotecan", "ketoconazole", CONTRAINDICATED, ONC),
    ("irinotecan", "ritonavir", CONTRAINDICATED, ONC),
    ("meperidine", "phenelzine", CONTRAINDICATED, ONC),
    ("tramadol", "procarbazine", CONTRAINDICATED, ONC),
    ("amitriptyline", "tranylcypromine", CONTRAINDICATED, ONC),
    ("amiodarone", "sotalol", CONTRAINDICATED, ONC),
    ("haloperidol", "methadone", CONTRAINDICATED, ONC),
    ("ramelteon", "fluvoxamine", CONTRAINDICATED, ONC),
    ("rifampin", "darunavir", CONTRAINDICATED, ONC),
    ("St John's wort", "atazanavir", CONTRAINDICATED, ONC),
    ("simvastatin", "clarithromycin", CONTRAINDICATED, ONC),
    ("lovastatin", "Kaletra", CONTRAINDICATED, ONC),
    ("ergotamine", "itraconazole", CONTRAINDICATED, ONC),
    ("dihydroergotamine", "ritonavir", CONTRAINDICATED, ONC),
    ("tizanidine", "ciprofloxacin", CONTRAINDICATED, ONC),
    ("tizanidine", "fluvoxamine", CONTRAINDICATED, ONC),
    ("tranylcypromine", "procarbazine", CONTRAINDICATED, ONC),
    ("sumatriptan", "phenelzine", CONTRAINDICATED, ONC),
    *(
        ("irinotecan", inhibitor, CONTRAINDICATED, MEMBERS)
        for inhibitor in (
            "amiodarone",
            "aprepitant",
            "cimetidine",
            "diltiazem",
            "erythromycin",
            "fluconazole",
            "verapamil",
        )
    ),
    *(
        (statin, inhibitor, CONTRAINDICATED, MEMBERS)
        for statin in ("simvastatin", "lovastatin")
        for inhibitor in CYP3A4
    ),
    ("ramelteon", "amiodarone", CONTRAINDICATED, MEMBERS),
    ("ramelteon", "ticlopidine", CONTRAINDICATED, MEMBERS),
    ("tizanidine", "amiodarone", CONTRAINDICATED, MEMBERS),
    ("tizanidine", "mexiletine", CONTRAINDICATED, MEMBERS),
    ("tizanidine", "propafenone", CONTRAINDICATED, MEMBERS),
    ("tizanidine", "ticlopidine", CONTRAINDICATED, MEMBERS),
    ("tizanidine", "zileuton", CONTRAINDICATED, MEMBERS),
    ("Priftin", "lopinavir/ritonavir", CONTRAINDICATED, MEMBERS),
    ("rifabutin", "atazanavir", CONTRAINDICATED, MEMBERS),
    ("bosentan", "saquinavir", CONTRAINDICATED, MEMBERS),
    ("citalopram", "haloperidol", MAJOR, WARNED),
    ("Zofran", "amiodarone", MAJOR, WARNED),
    ("azithromycin", "sotalol", MAJOR, WARNED),
    ("escitalopram", "azithromycin", MODERATE, WARNED),
    ("warfarin", "ibuprofen", MAJOR, "Warfarin US label, section 7"),
    ("Coumadin 5 mg", "Advil", MAJOR, "Warfarin US label, section 7"),
    ("warfarin", "aspirin", MAJOR, "Warfarin US label, section 7"),
    ("metformin", "alcohol", MODERATE, "Metformin US label, section 5.1"),
    ("lisinopril", "potassium chloride", MODERATE, "Lisinopril US label, section 7"),
    ("simvastatin", "grapefruit juice", MODERATE, "Simvastatin US label, section 7; CMAJ 185:309"),
    ("Entresto", "lisinopril", CONTRAINDICATED, "Entresto US label, section 4; Zestril US label, section 4"),
    ("Zocor", "cyclosporine", CONTRAINDICATED, "Zocor US label, section 4"),
    ("lithium carbonate", "naproxen", MAJOR, "Lithium US label, section 7"),
]

NEVER = [
    ("gemfibrozil", "simvastatin", NOT_ACCEPTED),
    ("nitroglycerin", "sildenafil", NOT_ACCEPTED),
    ("linezolid", "sumatriptan", NOT_ACCEPTED),
    ("linezolid", "pseudoephedrine", NOT_ACCEPTED),
    ("metformin", "iohexol", NOT_ACCEPTED),
    ("sodium oxybate", "diazepam", NOT_ACCEPTED),
    ("atazanavir", "famotidine", "Phansalkar 2012, Table 2: H2 blockers removed by the panel"),
    ("warfarin", "paracetamol", "no rule of the example content"),
    ("pravastatin", "verapamil", "pravastatin is not broken down by CYP3A4"),
    ("ergotamine", "verapamil", "Revised Table 2: with ergots only macrolides, azoles and protease inhibitors"),
    ("pravastatin", "clarithromycin", "pravastatin is not broken down by CYP3A4"),
    ("naratriptan", "phenelzine", "naratriptan is not broken down by MAO-A: US label"),
    ("losartan potassium", "ramipril", "the salt of a drug is not potassium"),
]

ROMANO = "Romano 2015, J Allergy Clin Immunol 136:685, group A"
KHAN = "Khan 2022, J Allergy Clin Immunol 150:1333"
ALLERGIES = [
    ("ingredient:amoxicillin", "amoxicillin", MAJOR, KHAN),
    ("class:Penicillins", "co-amoxiclav", MAJOR, KHAN),
    ("ingredient:benzylpenicillin", "flucloxacillin", MAJOR, KHAN),
    ("ingredient:amoxicillin", "cefalexin", MAJOR, "side chain, 16 %: Chaudhry 2019"),
    ("ingredient:ampicillin", "cefaclor", MAJOR, "side chain, 14.5 %: Chaudhry 2019"),
    ("ingredient:amoxicillin", "cefadroxil", MAJOR, "side chain: Chaudhry 2019"),
    ("ingredient:amoxicillin", "cefprozil", MAJOR, "side chain: Chaudhry 2019"),
    ("ingredient:cefalexin", "ampicillin", MAJOR, "side chain: Chaudhry 2019"),
    ("class:Penicillins", "cefalexin", MODERATE, "which penicillin is not known"),
    ("class:Penicillins", "ceftriaxone", MINOR, "another side chain, 2 %: Chaudhry 2019"),
    ("ingredient:amoxicillin", "cefazolin", MINOR, "no side chain shared, below 1 %"),
    ("class:Penicillins", "meropenem", MINOR, "below 1 %: J Asthma Allergy S242061"),
    ("class:Penicillins", "aztreonam", MINOR, "below 1 %: J Asthma Allergy S242061"),
    ("ingredient:aztreonam", "ceftazidime", MAJOR, "shared side chain"),
    ("ingredient:ceftazidime", "aztreonam", MAJOR, "shared side chain"),
    ("ingredient:sulfamethoxazole", "sulfadiazine", MAJOR, KHAN),
    ("ingredient:sulfamethoxazole", "furosemide", MINOR, "10.1007/s11882-018-0791-9: information only"),
    ("ingredient:sulfamethoxazole", "celecoxib", MINOR, "10.1007/s11882-018-0791-9: information only"),
    ("ingredient:ibuprofen", "aspirin", MAJOR, "Clin Transl Allergy 3: pharmacological"),
    ("ingredient:aspirin", "naproxen", MAJOR, "Clin Transl Allergy 3: pharmacological"),
    ("ingredient:aspirin", "celecoxib", MODERATE, "PMC3991018: 21 % at the first challenge"),
    ("class:NSAIDs", "etoricoxib", MODERATE, "PMC3991018: 21 % at the first challenge"),
    ("ingredient:celecoxib", "ibuprofen", MAJOR, "Naproxen and celecoxib US labels, section 4"),
    ("ingredient:etoricoxib", "aspirin", MAJOR, "Aspirin US label, section 4"),
    ("ingredient:celecoxib", "etoricoxib", MODERATE, "Malskat 2013: 12 of 14 tolerated a second"),
    ("class:COX-2 inhibitors", "naproxen", MAJOR, "Naproxen and celecoxib US labels, section 4"),
    ("class:NSAIDs including COX-2 inhibitors", "aspirin", MAJOR, "Aspirin US label, section 4"),
    ("class:NSAIDs including COX-2 inhibitors", "celecoxib", MAJOR, "it belongs to it"),
    ("ingredient:aspirin", "sulfasalazine", MAJOR, "Sulfasalazine US label, contraindications"),
    ("ingredient:aspirin", "mesalazine", MAJOR, "Mesalamine US label, section 4"),
    ("ingredient:mesalazine", "sulfasalazine", MAJOR, "Sulfasalazine US label: its metabolites"),
    ("ingredient:sulfasalazine", "Pentasa", MODERATE, "Mesalamine US label, section 5; Rowasa US label"),
    ("ingredient:ceftriaxone", "cefuroxime", MAJOR, ROMANO),
    ("ingredient:cefuroxime", "cefotaxime", MAJOR, ROMANO),
    ("ingredient:ceftriaxone", "ceftazidime", MODERATE, ROMANO),
    ("ingredient:ceftazidime", "cefepime", MODERATE, ROMANO),
    ("ingredient:cefuroxime", "cefazolin", MINOR, "another group: Romano 2015"),
    ("ingredient:enalapril", "ramipril", MAJOR, "Lisinopril US label, section 4"),
    ("class:ACE inhibitors", "Entresto", MAJOR, "Entresto US label, section 4"),
    ("ingredient:ramipril", "sacubitril/valsartan", MAJOR, "Entresto US label, section 4"),
    ("ingredient:heparin", "Lovenox", MAJOR, "Lovenox US label, section 4"),
    ("ingredient:heparin", "Fragmin", MAJOR, "Fragmin US label, section 4"),
    ("ingredient:enoxaparin", "dalteparin", MAJOR, "Fragmin Canadian monograph, section 2; Grims 2007"),
    ("class:Low-molecular-weight heparins", "heparin", MODERATE, "Cesana 2016: a small risk"),
    ("ingredient:azithromycin", "erythromycin", MAJOR, "Zithromax and Biaxin US labels, section 4"),
    ("class:Macrolides", "clarithromycin", MAJOR, "Biaxin US label, section 4"),
    ("ingredient:citalopram", "escitalopram", MAJOR, "Lexapro US label, section 4"),
    ("ingredient:escitalopram", "citalopram", MAJOR, "Lexapro US label, section 11: its half"),
    ("ingredient:carbimazole", "methimazole", MAJOR, "PMC7393052: its metabolite"),
    ("ingredient:thiamazole", "carbimazole", MAJOR, "PMC7393052: its metabolite"),
    ("ingredient:mercaptopurine", "azathioprine", MAJOR, "Imuran UK SmPC, section 4.3"),
    ("class:Thiopurines", "mercaptopurine", MAJOR, "Imuran UK SmPC, section 4.3"),
    ("ingredient:phenytoin", "carbamazepine", MAJOR, "Shear 1988, J Clin Invest 82:1826"),
]

NO_CROSS_REACTION = [
    ("class:Penicillins", "azithromycin"),
    ("ingredient:ceftriaxone", "aztreonam"),
    ("ingredient:furosemide", "sulfamethoxazole"),
    ("ingredient:aspirin", "paracetamol"),
    ("ingredient:phenytoin", "lamotrigine"),
    ("ingredient:citalopram", "sertraline"),
    ("ingredient:thiamazole", "propylthiouracil"),
    ("ingredient:sacubitril", "lisinopril"),
    ("ingredient:clarithromycin", "clindamycin"),
    ("class:ACE inhibitors", "valsartan"),
]

DUPLICATES = [
    ("ibuprofen", "naproxen", MODERATE),
    ("ibuprofen", "celecoxib", MODERATE),
    ("warfarin", "apixaban", MAJOR),
    ("lisinopril", "ramipril", MODERATE),
    ("paracetamol 500 mg", "Tylenol 3", MODERATE),
    ("Warfarin 5 mg", "warfarin 3 mg", MODERATE),
    ("atorvastatin", "Vytorin", MODERATE),
]


@pytest.mark.parametrize("one, other, severity, source", INTERACTIONS)
def test_a_published_interaction_is_found_as_severe_as_published(one, other, severity, source):
    check = checked(one, other)
    assert check.not_checked == ()
    assert ("interaction", severity) in found(check)
    assert all(alert.source for alert in check.alerts)


@pytest.mark.parametrize("one, other, source", NEVER)
def test_what_was_deliberately_left_out_raises_nothing(one, other, source):
    check = checked(one, other)
    assert (check.status, check.alerts, check.not_checked) == ("clear", (), ())


@pytest.mark.parametrize("code, drug, severity, source", ALLERGIES)
def test_an_allergy_speaks_against_its_relatives_as_much_as_the_evidence_does(code, drug, severity, source):
    check = checked(drug, allergies=[allergic(code)])
    assert found(check) == {("allergy", severity)}


@pytest.mark.parametrize("code, drug", NO_CROSS_REACTION)
def test_an_allergy_does_not_speak_against_everything(code, drug):
    assert checked(drug, allergies=[allergic(code)]).status == "clear"


def test_a_severe_reaction_to_the_very_substance_is_a_contraindication():
    check = checked("amoxicillin", allergies=[allergic("class:Penicillins", severe=True)])
    assert found(check) == {("allergy", CONTRAINDICATED)}


def test_a_severe_reaction_to_any_nsaid_contraindicates_aspirin():
    severe = allergic("class:NSAIDs including COX-2 inhibitors", severe=True)
    assert found(checked("aspirin", allergies=[severe])) == {("allergy", CONTRAINDICATED)}


@pytest.mark.parametrize("one, other, severity", DUPLICATES)
def test_two_of_the_same_are_a_duplicate(one, other, severity):
    assert ("duplicate", severity) in found(checked(one, other))


@pytest.mark.parametrize(
    "one, other", [("aspirin 81 mg", "ibuprofen"), ("salbutamol", "formoterol"), ("amoxicillin", "cefalexin")]
)
def test_two_of_a_class_that_does_not_say_so_are_none(one, other):
    assert found(checked(one, other), "duplicate") == set()


def test_a_product_is_not_checked_against_itself():
    assert checked("Kaletra").status == checked("ritonavir/lopinavir").status == "clear"


def test_two_drugs_in_one_line_are_checked_against_each_other():
    assert found(checked("ibuprofen + naproxen")) == {("duplicate", MODERATE)}
    assert found(checked("warfarin and aspirin")) == {("interaction", MAJOR)}
