#!/usr/bin/env python
import os
import sys

from healthhub.embedded import EmbeddedError, servers


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthhub.settings")
    from django.core.management import execute_from_command_line

    try:
        with servers():
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(f"HealthHub: {error}")


if __name__ == "__main__":
    main()
