"""ClickStack's sources, dashboards, alerts and webhooks."""
