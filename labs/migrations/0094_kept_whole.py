from django.db import migrations

from accounts.never_emptied import never_emptied


class Migration(migrations.Migration):
    dependencies = [("labs", "0093_seen_in_passing")]

    operations = [never_emptied("labs_limitband", "labs_resulthold")]
