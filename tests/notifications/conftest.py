import pytest
from django.db import connection


@pytest.fixture
def no_jobs():
    """Tests that commit leave their jobs behind."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
