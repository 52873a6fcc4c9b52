"""The peers, each set up to send to the stub, and the call that tracks one response."""

import logging
from decimal import Decimal
from typing import Any, Callable

from rounds import STUB

ATTRIBUTES = {"user_id": "user_123", "feature": "chat"}


def posthog(queue: int = 100_000) -> Any:
    from posthog import Posthog

    return Posthog("phc_bench", host=STUB, max_queue_size=queue)


def posthog_tracks(client: Any) -> Callable[[Any], object]:
    def track(response: Any) -> object:
        usage = response.usage
        properties = {
            "$ai_provider": "openai",
            "$ai_model": response.model,
            "$ai_input_tokens": usage.prompt_tokens,
            "$ai_output_tokens": usage.completion_tokens,
            "$ai_cache_read_input_tokens": usage.prompt_tokens_details.cached_tokens,
            "$ai_reasoning_tokens": usage.completion_tokens_details.reasoning_tokens,
            "feature": "chat",
        }
        return client.capture("$ai_generation", distinct_id="user_123", properties=properties)

    return track


def langfuse() -> Any:
    from langfuse import Langfuse

    # It exports spans by OpenTelemetry, which would fetch nothing but tell of every failure.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    return Langfuse(public_key="pk-lf-bench", secret_key="sk-lf-bench", base_url=STUB)


def langfuse_tracks(client: Any) -> Callable[[Any], object]:
    def track(response: Any) -> object:
        usage = response.usage
        generation = client.start_observation(
            name="chat",
            as_type="generation",
            model=response.model,
            usage_details={
                "input": usage.prompt_tokens - usage.prompt_tokens_details.cached_tokens,
                "input_cached_tokens": usage.prompt_tokens_details.cached_tokens,
                "output": usage.completion_tokens,
            },
            metadata=ATTRIBUTES,
        )
        return generation.end()

    return track


def lago() -> Any:
    """In its price mode, with prices that are there: it would fetch them."""
    from lago_agent_sdk import LagoConfig, LagoSDK, ModelPrice

    class Prices:
        def lookup(self, *_: Any, **__: Any) -> ModelPrice:
            return PRICE

        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *_, **__: None

    PRICE = ModelPrice("bench", Decimal("2.5e-6"), Decimal("1e-5"), Decimal("1.25e-6"))
    config = LagoConfig(
        api_key="bench",
        api_url=STUB,
        default_subscription_id="sub_1",
        pricing_mode="price",
        pricing_provider=Prices(),
    )
    return LagoSDK("bench", config=config)


def lago_tracks(client: Any) -> Callable[[Any], object]:
    """What its wrapper does with each answer."""
    from lago_agent_sdk.adapters import extract_openai_native

    return lambda response: client.emit(extract_openai_native(response), dimensions=ATTRIBUTES)


def margined() -> Any:
    import margined as module

    module.init("mgd_bench", endpoint=f"{STUB}/ingest")
    return module


def margined_tracks(module: Any) -> Callable[[Any], object]:
    return lambda response: module.track(response, user_id="user_123", feature="chat")
