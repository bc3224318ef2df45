from django.db import migrations

from accounts.never_emptied import never_emptied


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0041_example_rules_of_this_release")]

    operations = [never_emptied("prescriptions_recordedcheck", "prescriptions_shownalert")]
