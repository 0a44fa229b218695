"""prrt-cds: decision support for neuroendocrine tumours over CDS Hooks."""

__version__ = "0.1.0"
