"""The Worker stays small: what a deployment uploads."""

import gzip
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Cloudflare takes more; a small Worker starts sooner.
MOST_BYTES = 1_000_000
UPLOADED = ["worker/build/index_bg.wasm", "worker/build/index.js", "worker/entry.js"]


def test_the_worker_fits_into_a_megabyte():
    sizes = {name: len(gzip.compress((ROOT / name).read_bytes(), 9, mtime=0)) for name in UPLOADED}
    assert sum(sizes.values()) < MOST_BYTES, sizes
