#!/usr/bin/env python
import os
import sys
from contextlib import nullcontext

from healthhub.embedded import EmbeddedError, servers

NEED_NO_SERVERS = {"check", "collectstatic", "compilemessages", "diffsettings", "help", "makemessages", "version"}


def needs_servers(arguments: list[str]) -> bool:
    asks_for_help = not arguments or {"-h", "--help", "--version"} & set(arguments)
    return not asks_for_help and arguments[0] not in NEED_NO_SERVERS


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "healthhub.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        with servers() if needs_servers(sys.argv[1:]) else nullcontext():
            execute_from_command_line(sys.argv)
    except (EmbeddedError, ImproperlyConfigured) as error:
        sys.exit(f"HealthHub: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
