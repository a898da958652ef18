"""`python -m model_zoo`: networks from elsewhere as entries, what there is, and whether it can be explained."""

import sys

from model_zoo.commands import main

sys.exit(main())
