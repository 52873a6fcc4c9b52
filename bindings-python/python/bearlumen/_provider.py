"""Names of providers."""

from __future__ import annotations


class Provider:
    """The names by which providers are known, for the ``provider`` option. Any other text is taken as it is."""

    ANTHROPIC = "anthropic"
    ASSEMBLYAI = "assemblyai"
    AWS_BEDROCK = "aws_bedrock"
    AZURE = "azure"
    COHERE = "cohere"
    DEEPGRAM = "deepgram"
    DEEPSEEK = "deepseek"
    ELEVENLABS = "elevenlabs"
    FIREWORKS = "fireworks"
    GCP_VERTEX = "gcp_vertex"
    GEMINI = "gemini"
    GROQ = "groq"
    MISTRAL = "mistral"
    OLLAMA = "ollama"
    OPENAI = "openai"
    OPENROUTER = "openrouter"
    PERPLEXITY = "perplexity"
    REPLICATE = "replicate"
    TOGETHER = "together"
    VOYAGE = "voyage"
    XAI = "xai"
