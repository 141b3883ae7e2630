#!/usr/bin/env python
"""Django's own commands, for maintainers (makemigrations, shell)."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

sys.path.insert(0, str(Path(__file__).parent / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiandi.web.settings")
execute_from_command_line(sys.argv)
