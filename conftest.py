"""Runs the scenario files beside the rule pages also where the package, which brings the plugin, is not installed."""

from __future__ import annotations

import pytest

from cds_service.scenarios import plugin

pytest_plugins = ["pytester"]


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.is_registered(plugin):
        config.pluginmanager.register(plugin, "cds_service.scenarios.plugin")
