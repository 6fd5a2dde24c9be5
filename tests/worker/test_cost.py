"""`worker/COST.md` has the results of the formulas, and their counts match the real runtimes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from bench.ingest import cost, prices


def test_the_page_has_the_tables_that_the_formulas_give() -> None:
    """Prices, limits and counts are changed in code; `--write` updates the page."""
    assert cost.document_errors() == []


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        # The examples of Cloudflare's pricing page.
        (prices.CloudflareUsage(15e6, 7 * 15e6, 0, 0, 0, 0), 8.00),
        (prices.CloudflareUsage(100e6, 7 * 100e6, 0, 0, 0, 0), 45.40),
        # 1.5 million object requests, and a million seconds of duration.
        (prices.CloudflareUsage(0, 0, 1.5e6, 1e6, 0, 0), 5 + 0.075),
        (prices.CloudflareUsage(0, 0, 0, 10e6, 60e6, 30e9), 5 + 11.00 + 10.00 + 5.00),
        # A hundred million log events, of which twenty million are included.
        (prices.CloudflareUsage(0, 0, 0, 0, 0, 0, 100e6), 5 + 48.00),
    ],
)
def test_cloudflare_charges_what_goes_beyond_the_included(
    usage: prices.CloudflareUsage, dollars: float
) -> None:
    """The totals equal those of Cloudflare's examples."""
    assert prices.cloudflare_dollars(usage) == pytest.approx(dollars)


@pytest.mark.alone
def test_a_small_load_is_counted_as_the_tables_have_it(tmp_path: Path) -> None:
    """Rows written, calls, alarms and batches are counted in the real runtimes."""
    measured = cost.measure(tmp_path / "run")
    assert cost.deviations(measured, times=False) == []
    single = measured["single"]
    dearer = replace(single, chunk_writes=single.chunk_writes + single.chunks)
    wrong = {**measured, "single": dearer}
    first, *_ = cost.deviations(wrong, times=False)
    assert first == "single: writes a chunk: counted 3, the tables have 2 rows"
    (line,) = [x for x in cost.report(wrong).splitlines() if x.startswith("single: writes a chunk")]
    name, verdict = line.split(" rows ")
    assert name.split()[-2:] == ["3", "2"]
    assert verdict.strip() == "WRONG, allowed is 1.9 to 2.1"


@pytest.mark.parametrize(
    ("bounds", "allowed"), [("both", "2 to 8"), ("most", "up to 8"), ("least", "2 on")]
)
@pytest.mark.parametrize("measured", [1.9, 2, 8, 8.1])
def test_a_count_may_be_off_by_a_factor(
    measured: float, bounds: Literal["both", "most", "least"], allowed: str
) -> None:
    """The factor is allowed in both directions, or only in the direction of lower costs."""
    holds = (measured >= 2 or bounds == "most") and (measured <= 8 or bounds == "least")
    count = cost.Comparison("bulk: writes", "rows", measured, 4, 2, bounds)
    assert count.holds == holds
    assert count.verdict == f"{'ok' if holds else 'WRONG'}, allowed is {allowed}"
