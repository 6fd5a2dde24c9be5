"""ClickStack: alerts, dashboards, sources, webhooks."""
