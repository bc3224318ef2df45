from typing import Any

from django import forms

from accounts.fields import in_words, no_control_characters
from prescriptions.rule_tables import COLUMNS

MOST_BYTES = 800_000


class ImportForm(forms.Form):
    """Tables as files, or, once it was shown what they would change, as the texts that came back with the page."""

    source = forms.CharField(
        max_length=200, validators=[no_control_characters, in_words], help_text="Who answers for the content."
    )
    note = forms.CharField(max_length=500, required=False, validators=[no_control_characters])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for table in COLUMNS:
            self.fields[table] = forms.FileField(required=False, label=f"{table}.csv", allow_empty_file=True)

    def clean(self) -> dict[str, Any]:
        """`files`: table -> text."""
        cleaned: dict[str, Any] = super().clean() or {}
        files: dict[str, str] = {}
        for table in COLUMNS:
            try:
                given = cleaned.get(table)
                text = given.read(MOST_BYTES + 1).decode("utf-8-sig") if given else self.data.get(f"text_{table}", "")
            except UnicodeDecodeError:
                self.add_error(table, "This is not UTF-8 text.")
                continue
            if text.strip():
                files[table] = text.replace("\r\n", "\n")
        if sum(map(len, files.values())) > MOST_BYTES:
            self.add_error(None, f"Together the tables may have {MOST_BYTES} characters. Bring some of them later.")
        elif not files and not self.errors:
            self.add_error(None, "Choose at least one table.")
        return {**cleaned, "files": files}
