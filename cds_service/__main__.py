"""``python -m cds_service`` is the command ``prrt-cds``."""

import sys

from cds_service.cli import main

sys.exit(main())
