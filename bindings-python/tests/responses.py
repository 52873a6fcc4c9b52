"""Responses as providers send them, made up by us."""

from __future__ import annotations

from typing import Any


def openai_chat(**changes: Any) -> dict[str, Any]:
    """A chat completion with cached, reasoning and audio counts."""
    return {
        "id": "chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xY",
        "object": "chat.completion",
        "created": 1795176000,
        "model": "gpt-4o-2024-08-06",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "logprobs": None,
                "message": {"role": "assistant", "content": "Blue: short waves scatter most.", "refusal": None},
            }
        ],
        "usage": {
            "prompt_tokens": 1024,
            "completion_tokens": 215,
            "total_tokens": 1239,
            "prompt_tokens_details": {"cached_tokens": 512, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 64, "audio_tokens": 0},
        },
        "service_tier": "default",
        **changes,
    }


def anthropic_message(**changes: Any) -> dict[str, Any]:
    """A message with cache reads and writes of both lifetimes."""
    return {
        "id": "msg_01Ab3dE6gH9jK2mN5pQ8rS1t",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-20250514",
        "content": [{"type": "text", "text": "Blue: short waves scatter most."}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 120,
            "output_tokens": 48,
            "cache_read_input_tokens": 2000,
            "cache_creation_input_tokens": 900,
            "cache_creation": {"ephemeral_5m_input_tokens": 600, "ephemeral_1h_input_tokens": 300},
            "service_tier": "standard",
        },
        **changes,
    }
