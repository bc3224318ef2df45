"""Files as laboratories write them."""

from io import BytesIO

from labs.models import CsvImport

HEAD = "message_id,patient,birth_date,doctor,test,name,value,unit,low,high,flag,critical,status,order"


def row(cast, message="m-1", name="Potassium", value="4.1", unit="mmol/L", **cells):
    """A line of a file: Bob's result, ordered by Dr. Smith, unless `cells` say otherwise."""
    said = {
        "message_id": message,
        "patient": cast.bob.display_id,
        "birth_date": cast.bob.date_of_birth.isoformat(),
        "doctor": cast.smith.license_number,
        "test": "BMP",
        "name": name,
        "value": value,
        "unit": unit,
        **cells,
    }
    return ",".join(said.get(column, "") for column in HEAD.split(","))


def content(*lines, head=HEAD, end="\n", encoding="utf-8"):
    return end.join([head, *lines, ""]).encode(encoding)


def taken(cast, data, *, sender=None, by=None, **options):
    """The import of what these bytes, or lines below the usual head, say."""
    data = data if isinstance(data, bytes) else content(*data)
    return CsvImport.take_in(
        BytesIO(data), name="results.csv", sender=sender or cast.laboratory, by=by or cast.admin, **options
    )


def problems_of(run):
    """(line, field) of everything that is wrong."""
    return [
        (problem["line"], problem["field"]) for item in run.items.filter(state="refused") for problem in item.problems
    ]


def states_of(run):
    return dict(run.items.values_list("message_id", "state"))
