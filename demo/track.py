"""Tracks the OpenAI responses with the Python SDK: what a backend would do around its own calls."""

import os

from responses import load

import bearlumen

client = bearlumen.Client(os.environ["BEARLUMEN_API_KEY"], base_url=os.environ["BEARLUMEN_BASE_URL"])
for name, call in load("chat.completion"):
    result = client.track(call["response"], user_id=call["user"], feature=call["feature"])
    print(f"  python  {name:22} {result.provider:10} {result.total_tokens:>7} tokens  {result.cost.basis}")
print(f"  python  {client.shutdown()}")
