"""Prices one response over and over, as bytes and as the objects people hold."""

import json

import bearlumen
from genai_prices import extract_usage
from rounds import RESPONSE, in_turns, median_of_calls, tell

text = RESPONSE.encode()
as_dict = json.loads(RESPONSE)


def by_genai_prices() -> object:
    """The same from the same bytes; it must be told who answered, and in which of the provider's formats."""
    usage = extract_usage(json.loads(text), provider_id="openai", api_flavor="chat")
    return usage.calc_price().total_price


PEER = "genai-prices, bytes to amount (peer)"
figures = in_turns(
    {
        PEER: lambda: median_of_calls(by_genai_prices, 500),
        "cost_of(bytes)": lambda: median_of_calls(lambda: bearlumen.cost_of(text), 5_000),
        "cost_of(bytes).cost.amount": lambda: median_of_calls(lambda: bearlumen.cost_of(text).cost.amount, 5_000),
        "cost_of(dict)": lambda: median_of_calls(lambda: bearlumen.cost_of(as_dict), 5_000),
        "json.loads alone (floor)": lambda: median_of_calls(lambda: json.loads(text), 5_000),
    }
)
for name, nanos in figures.items():
    times = None if name == PEER else figures[PEER] / nanos
    tell(f"Python: {name}", nanos, "ns", "as fast as genai-prices", times)
