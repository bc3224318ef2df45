from labs.models import LabResult

POTASSIUM = {"Potassium": {"value": "7.1", "unit": "mmol/L", "low": "3.5", "high": "5.1"}}


def recorded(cast, patient=None, doctor=None, *, critical=False, by=None, test_type="BMP", result_data=None):
    """A result that the administrator recorded: that needs no earlier tie between doctor and patient."""
    return LabResult.record(
        by=by or cast.admin,
        patient=patient or cast.bob,
        doctor=doctor or cast.smith,
        test_type=test_type,
        result_data=result_data or POTASSIUM,
        critical=critical,
    )
