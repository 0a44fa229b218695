"""The one error of the engine."""


class EngineError(Exception):
    """No answer can be given. The text names rules and facts, never a patient's values."""
