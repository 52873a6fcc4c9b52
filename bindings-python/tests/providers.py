"""The providers' own clients, pointed at the stub."""

from __future__ import annotations

from typing import Any

SECRET = "no-key-is-needed"


def openai_client(url: str) -> Any:
    import openai

    return openai.OpenAI(api_key=SECRET, base_url=f"{url}/openai", max_retries=0)


def async_openai_client(url: str) -> Any:
    import openai

    return openai.AsyncOpenAI(api_key=SECRET, base_url=f"{url}/openai", max_retries=0)


def anthropic_client(url: str) -> Any:
    import anthropic

    return anthropic.Anthropic(api_key=SECRET, base_url=url, max_retries=0)


def async_anthropic_client(url: str) -> Any:
    import anthropic

    return anthropic.AsyncAnthropic(api_key=SECRET, base_url=url, max_retries=0)


def google_client(url: str) -> Any:
    from google import genai

    return genai.Client(api_key=SECRET, http_options={"base_url": url})


def mistral_client(url: str) -> Any:
    from mistralai.client import Mistral

    return Mistral(api_key=SECRET, server_url=f"{url}/mistral")


def ollama_client(url: str) -> Any:
    import ollama

    return ollama.Client(host=url)


def async_ollama_client(url: str) -> Any:
    import ollama

    return ollama.AsyncClient(host=url)


def bedrock_client(url: str) -> Any:
    import boto3

    return boto3.client(
        "bedrock-runtime",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=SECRET,
        aws_secret_access_key=SECRET,
    )
