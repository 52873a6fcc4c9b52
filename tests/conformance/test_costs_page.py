"""The page at ``/`` in a real browser, against both hosts."""

from __future__ import annotations

import csv
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

BROWSER = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
# Beside plain names: one that HTML, one that a path and one that a spreadsheet would take for something else.
CUSTOMERS = ["customer 123", "<b>bold</b>", "a/b?c#d", '=HYPERLINK("x"),y']


@pytest.fixture(scope="module")
def browser():
    if BROWSER is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, host):
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()
    assert not page.troubles
    assert all(url.startswith((f"{host.base_url}/", "blob:")) for url in page.asked), "nothing is asked of anybody else"


@pytest.fixture(scope="module")
def organization(host):
    """Each customer's calls cost a cent more than those of the one before; one call has no known price."""
    organization = host.organization("page")
    events = [
        {"userId": user, "model": "gpt-4o", "provider": "openai", "feature": "chat", "cost": (place + 1) / 100,
         "usage": {"input": 1000, "output": 100}}
        for place, user in enumerate(CUSTOMERS)
    ]  # fmt: skip
    events.append({"userId": "new", "model": "in-house-7", "provider": "us", "usage": {"input": 5, "output": 5}})
    answer = host.call(organization, "POST", "/v1/usage/events/batch", json={"events": events})
    assert answer.json()["recordedCount"] == 5
    return organization


def show(page, host, key: str, address: str = "") -> None:
    page.goto(f"{host.base_url}/{address}")
    page.fill("#key", key)
    page.click("#ask button:not([type])")


def rows(page) -> list[list[str]]:
    return [[cell.inner_text() for cell in row.query_selector_all("td")] for row in page.query_selector_all("#breakdown tbody tr")]


def test_costs_by_customer_and_then_one_customer_by_model(page, host, organization):
    show(page, host, organization.key)
    page.wait_for_selector("#report:not([hidden])")
    assert "at least $0.1000" in page.inner_text("#figures")
    assert "without 1 call of unknown price" in page.inner_text("#figures")
    found = rows(page)
    assert [(row[0], row[1]) for row in found] == [
        (CUSTOMERS[3], "$0.0400"), (CUSTOMERS[2], "$0.0300"), (CUSTOMERS[1], "$0.0200"), (CUSTOMERS[0], "$0.0100"),
        ("new", "unpriced"),
    ]  # fmt: skip
    assert found[0][3:] == ["1", "1,000", "100"]
    page.click(f"#breakdown button:text-is({CUSTOMERS[2]!r})")
    expect(page.locator("#title")).to_contain_text("a/b?c#d, ")
    assert [row[:2] for row in rows(page)] == [["gpt-4o", "$0.0300"]]
    assert organization.key not in page.url
    # The address leads here again, in this tab with the key that it keeps.
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("#title")).to_contain_text("a/b?c#d, ")


def test_what_is_downloaded_is_exact_and_no_formula(page, host, organization):
    show(page, host, organization.key)
    page.wait_for_selector("#report:not([hidden])")
    with page.expect_download() as download:
        page.click("#csv")
    with open(download.value.path(), newline="") as file:
        head, *lines = csv.reader(file)
    assert head == ["Customer", "cost_usd", "is_floor", "calls", "unpriced_calls", "input_tokens", "output_tokens"]
    assert lines[0] == ["'" + CUSTOMERS[3], "0.040000000", "false", "1", "0", "1000", "100"]
    assert lines[4] == ["new", "", "true", "1", "1", "5", "5"]


def test_a_key_that_may_only_read_costs_is_enough(page, host, organization):
    show(page, host, host.key(organization, "costs:read")["key"], "#period=last-7-days&by=by-model")
    page.wait_for_selector("#report:not([hidden])")
    assert [row[:2] for row in rows(page)] == [["gpt-4o", "$0.1000"], ["in-house-7", "unpriced"]]


def test_a_wrong_key_is_said_and_not_kept(page, host):
    show(page, host, "sk_live_wrong")
    page.wait_for_selector("#note.bad")
    assert page.inner_text("#note").startswith("Missing or invalid API key (")
    assert page.is_hidden("#report")
    assert page.evaluate("sessionStorage.length") == 0


def test_a_range_that_is_none_is_said(page, host, organization):
    show(page, host, organization.key, "#period=dates&start=2026-03-02&end=2026-03-01")
    page.wait_for_selector("#note.bad")
    assert "end" in page.inner_text("#note")
