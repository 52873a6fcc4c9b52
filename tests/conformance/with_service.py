"""Runs a command with a fresh native service beside it, told by the environment: ``with_service.py COMMAND…``"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from hosts import Host


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bearlumen-test-") as folder:
        host = Host("native", Path(folder))
        host.start()
        try:
            key = host.organization("sdk").key
            service = {"BEARLUMEN_TEST_BASE_URL": host.base_url, "BEARLUMEN_TEST_API_KEY": key}
            return subprocess.run(sys.argv[1:], env={**os.environ, **service}, check=False).returncode
        finally:
            host.stop()


if __name__ == "__main__":
    sys.exit(main())
