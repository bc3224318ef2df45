from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from labs.models import CsvImport

MOST_MEGABYTES = 10


class LaboratoryChoice(forms.ModelChoiceField):
    def label_from_instance(self, laboratory: User) -> str:
        return f"{laboratory.full_name} ({laboratory.email})"


class UploadForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text="One value a row; the rows of one message_id are one result. docs/import.md says how it is written.",
    )
    sender = LaboratoryChoice(
        label="Laboratory",
        queryset=User.objects.none(),
        help_text="Whose message ids they are: a message that came before, over the API or in a file, changes nothing.",
    )
    decimal_comma = forms.BooleanField(label="Its numbers are written 7,1", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sender = cast(LaboratoryChoice, self.fields["sender"])
        laboratories = User.objects.filter(is_laboratory=True, is_active=True)
        sender.queryset = laboratories
        if not laboratories.exists():
            sender.help_text = "There is no laboratory's account yet: add a user who is a laboratory first."

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_MEGABYTES * 1024 * 1024:
            raise forms.ValidationError(
                f"This file has over {MOST_MEGABYTES} MB. Bring it in parts, or use manage.py import_lab_results."
            )
        return file

    def take_in(self, by: User) -> CsvImport:
        """Raises as `CsvImport.take_in` does."""
        asked = self.cleaned_data
        said = {"name": asked["file"].name, "sender": asked["sender"], "decimal_comma": asked["decimal_comma"]}
        return CsvImport.take_in(asked["file"], **said, by=by)
