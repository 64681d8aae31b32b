"""sic under limits of the system: `LIMIT_NOFILE=64 LIMIT_FSIZE=100000 python -m tests.limited serve …`."""

import os
import resource

from api.cli import main

if __name__ == "__main__":
    for name in ("NOFILE", "FSIZE"):
        if given := os.environ.get(f"LIMIT_{name}"):
            which = getattr(resource, f"RLIMIT_{name}")
            resource.setrlimit(which, (int(given), resource.getrlimit(which)[1]))
    main()
