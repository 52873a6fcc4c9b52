"""Requests made up from the OpenAPI document: no server error, and no answer that the document does not describe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hosts import ROOT

EXAMPLES = os.environ.get("BEARLUMEN_OPENAPI_EXAMPLES", "10")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"


COSTLENS = "/(integrations|analytics|usage|dashboard|cost|routing|cost-analysis)(/|$)"


def test_the_guide_has_a_proxy_pass_all_that_the_document_describes():
    paths = json.loads((ROOT / "docs/openapi.json").read_text())["paths"]
    guide = (ROOT / "docs/deploy.md").read_text()
    for area in {path.split("/")[1] for path in paths}:
        assert f"`/{area}/`" in guide or f"`/{area}`" in guide, area


@pytest.mark.parametrize("routes", ["/v1/", "/admin/", COSTLENS], ids=["v1", "admin", "costlens"])
def test_made_up_requests_get_documented_answers(mortal_host, routes, tmp_path):
    host = mortal_host
    if host.name != "native":
        pytest.skip("the same service; the native host is quick enough for thousands of requests")
    key = host.admin_secret if routes == "/admin/" else host.organization().key
    # Python's own command beside the interpreter that runs this test.
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{host.base_url}/openapi.json",
        "--header", f"Authorization: Bearer {key}", "--include-path-regex", f"^{routes}",
        "--checks", CHECKS, "--max-examples", EXAMPLES, "--seed", "1", "--phases", "examples,coverage,fuzzing",
        "--generation-database", "none", "--no-color",
        # A revoked key would end the run, and another time zone has every sum made again.
        "--exclude-path", "/v1/api-keys/{id}", "--exclude-path", "/v1/api-keys/{id}/rotate",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
