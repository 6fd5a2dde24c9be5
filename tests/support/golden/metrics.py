"""One export request with every kind of metric and value that OTLP can have."""

from __future__ import annotations

import math
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Exemplar,
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    Sum,
    Summary,
    SummaryDataPoint,
)

from tests.support.golden.values import (
    DOUBLES,
    INTS,
    START_UNIX_NANO,
    key_values,
    nested,
    scalars,
    text_value,
)

_TIMES: dict[str, Any] = {
    "start_time_unix_nano": START_UNIX_NANO - 60 * 10**9,
    "time_unix_nano": START_UNIX_NANO,
}
_LAST_SECOND = (2**32 - 1) * 10**9 + 999_999_999
_Buckets = ExponentialHistogramDataPoint.Buckets


def metric_request() -> ExportMetricsServiceRequest:
    """Return the request; its bytes are the same in every run."""
    return ExportMetricsServiceRequest(
        resource_metrics=[_everything(), _without_anything(), ResourceMetrics()]
    )


def _everything() -> ResourceMetrics:
    resource_metrics = ResourceMetrics(schema_url="https://opentelemetry.io/schemas/1.37.0")
    resource_metrics.resource.attributes.extend(
        key_values(("service.name", text_value("everything")), *scalars(), *nested())
    )
    scope_metrics = resource_metrics.scope_metrics.add(schema_url="https://example.com")
    scope_metrics.scope.name = "scope"
    scope_metrics.scope.version = "1.0"
    scope_metrics.scope.dropped_attributes_count = 2**32 - 1
    scope_metrics.scope.attributes.extend(key_values(*scalars(), *nested()))
    for metric in (
        *(Metric(name=f"gauge {n}", gauge=Gauge(data_points=[p])) for n, p in _numbers()),
        *(Metric(name=f"sum {n}", sum=Sum(data_points=[p])) for n, p in _numbers()),
        *_sums(),
        *_histograms(),
        *_exponential_histograms(),
        *_summaries(),
    ):
        metric.description = "what it <counts>"
        metric.unit = "{request}"
        metric.metadata.extend(key_values(("not", text_value("stored"))))
        scope_metrics.metrics.append(metric)
    resource_metrics.scope_metrics.add()
    return resource_metrics


def _without_anything() -> ResourceMetrics:
    """Return a metric without service, scope and name, and with several points."""
    resource_metrics = ResourceMetrics()
    resource_metrics.scope_metrics.add().metrics.extend(
        [
            Metric(gauge=Gauge(data_points=[NumberDataPoint(), NumberDataPoint(as_int=1)])),
            Metric(gauge=Gauge()),
            Metric(sum=Sum(data_points=[NumberDataPoint(), NumberDataPoint(as_double=1)])),
            Metric(histogram=Histogram(data_points=[HistogramDataPoint()])),
            Metric(
                exponential_histogram=ExponentialHistogram(
                    data_points=[ExponentialHistogramDataPoint()]
                )
            ),
            Metric(summary=Summary(data_points=[SummaryDataPoint()])),
        ]
    )
    return resource_metrics


def _numbers() -> list[tuple[str, NumberDataPoint]]:
    """Return each kind of number with a name."""
    doubles = [NumberDataPoint(as_double=value, **_TIMES) for value in DOUBLES]
    ints = [NumberDataPoint(as_int=value, **_TIMES) for value in INTS]
    return [
        *((f"double.{index}", point) for index, point in enumerate(doubles)),
        *((f"int.{index}", point) for index, point in enumerate(ints)),
        ("nothing recorded", NumberDataPoint(flags=1, **_TIMES)),
        ("all flags", NumberDataPoint(as_int=1, flags=2**32 - 1, **_TIMES)),
        ("no times", NumberDataPoint(as_int=1)),
        ("last second", NumberDataPoint(as_int=1, time_unix_nano=_LAST_SECOND)),
        ("attributes", NumberDataPoint(attributes=key_values(*scalars(), *nested()), **_TIMES)),
        ("exemplars", NumberDataPoint(as_int=1, exemplars=_exemplars(), **_TIMES)),
    ]


def _exemplars() -> list[Exemplar]:
    return [
        Exemplar(
            time_unix_nano=START_UNIX_NANO - 10**9,
            as_double=0.5,
            trace_id=b"\xab" * 16,
            span_id=b"\xcd" * 8,
            filtered_attributes=key_values(*scalars(), *nested()),
        ),
        Exemplar(as_int=-7, trace_id=bytes(16), span_id=bytes(8)),
        Exemplar(as_double=-0.0),
        Exemplar(as_double=math.nan, time_unix_nano=_LAST_SECOND),
        Exemplar(),
    ]


def _sums() -> list[Metric]:
    point = NumberDataPoint(as_int=5, **_TIMES)
    return [
        Metric(
            name=f"sum {temporality} {monotonic}",
            sum=Sum(
                data_points=[point],
                aggregation_temporality=temporality,  # type: ignore[arg-type]
                is_monotonic=monotonic,
            ),
        )
        for temporality in (0, 1, 2, 3)
        for monotonic in (False, True)
    ]


def _histograms() -> list[Metric]:
    points = [
        HistogramDataPoint(
            count=6,
            sum=-1.5,
            min=-3.25,
            max=2.5,
            bucket_counts=[1, 2, 3, 0],
            explicit_bounds=[-1.0, 0.0, 1e300],
            exemplars=_exemplars(),
            flags=1,
            attributes=key_values(*scalars(), *nested()),
            **_TIMES,
        ),
        HistogramDataPoint(count=2, bucket_counts=[2], **_TIMES),
        HistogramDataPoint(count=2**64 - 1, bucket_counts=[2**64 - 1, 0], explicit_bounds=[0.1]),
        HistogramDataPoint(sum=math.nan, min=-math.inf, max=math.inf, **_TIMES),
        HistogramDataPoint(sum=-0.0, min=-0.0, max=0.0, explicit_bounds=[-0.0], **_TIMES),
        # Counts and bounds that do not match are stored as they are.
        HistogramDataPoint(bucket_counts=range(100), explicit_bounds=[1.0], **_TIMES),
    ]
    return [
        Metric(
            name=f"histogram {number}",
            histogram=Histogram(data_points=[point], aggregation_temporality=number % 3),  # type: ignore[arg-type]
        )
        for number, point in enumerate(points)
    ]


def _exponential_histograms() -> list[Metric]:
    points = [
        ExponentialHistogramDataPoint(
            count=21,
            sum=12.5,
            scale=3,
            zero_count=2,
            positive=_Buckets(offset=-4, bucket_counts=[1, 0, 300, 2**63]),
            negative=_Buckets(offset=7, bucket_counts=[5]),
            flags=1,
            exemplars=_exemplars(),
            min=-1.0,
            max=9.0,
            zero_threshold=0.001,
            attributes=key_values(*scalars(), *nested()),
            **_TIMES,
        ),
        ExponentialHistogramDataPoint(scale=-10, positive=_Buckets(offset=2**31 - 1), **_TIMES),
        ExponentialHistogramDataPoint(
            scale=-(2**31), negative=_Buckets(offset=-(2**31), bucket_counts=[2**64 - 1]), **_TIMES
        ),
        ExponentialHistogramDataPoint(positive=_Buckets(bucket_counts=range(200)), **_TIMES),
    ]
    return [
        Metric(
            name=f"exponential histogram {number}",
            exponential_histogram=ExponentialHistogram(
                data_points=[point],
                aggregation_temporality=number % 3,  # type: ignore[arg-type]
            ),
        )
        for number, point in enumerate(points)
    ]


def _summaries() -> list[Metric]:
    quantile = SummaryDataPoint.ValueAtQuantile
    points = [
        SummaryDataPoint(
            count=4,
            sum=10.5,
            quantile_values=[
                quantile(quantile=0.5, value=2.0),
                quantile(quantile=0.99, value=math.nan),
                quantile(),
            ],
            flags=1,
            attributes=key_values(*scalars(), *nested()),
            **_TIMES,
        ),
        SummaryDataPoint(sum=math.inf, **_TIMES),
        SummaryDataPoint(sum=-0.0, **_TIMES),
    ]
    return [
        Metric(name=f"summary {number}", summary=Summary(data_points=[point]))
        for number, point in enumerate(points)
    ]
