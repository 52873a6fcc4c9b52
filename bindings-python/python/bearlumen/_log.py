"""The package's logger, imported when there is something to say: ``logging`` is most of what an import costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    import logging

_logger: Optional[logging.Logger] = None


def _get() -> logging.Logger:
    global _logger
    if _logger is None:
        import logging

        logger = logging.getLogger("bearlumen")
        # Silent unless the application asks: without a handler, warnings would go to stderr.
        logger.addHandler(logging.NullHandler())
        _logger = logger
    return _logger


def warning(message: str, *args: object) -> None:
    """Logs what an operator should know."""
    _get().warning(message, *args)


def exception(message: str, *args: object) -> None:
    """Logs the exception being handled."""
    _get().exception(message, *args)
