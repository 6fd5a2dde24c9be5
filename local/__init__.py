"""Both clouds on one machine: their APIs, with real engines behind them.

`python -m local up` starts the two clouds in the background, `python -m local down` stops
them. What each cloud does not imitate stands at the top of `local.clickhouse` and
`local.cloudflare`.
"""
