"""durable-rules behind one small wall, double-checked by the plain interpreter."""

from cds_service.engine.engine import Engine
from cds_service.engine.errors import EngineError

__all__ = ["Engine", "EngineError"]
