"""Base classes of the generated models: strict requests, tolerant responses, masked secrets.

Requests reject unknown fields. They distinguish absent fields from null: a field that is not set is
not sent. In responses any field may be missing, unknown fields are kept as attributes, unknown enum
values stay strings, and a value of another type is kept as an unknown field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from clickhouse_api.secrets import MASK, is_secret_name

__all__ = [
    "Number",
    "Open",
    "RequestModel",
    "ResponseModel",
    "UnknownVariant",
    "VerbatimRequestModel",
    "VerbatimResponseModel",
]

T = TypeVar("T")

# A `number` of the OpenAPI spec is nearly always a whole number, and 8 must not become 8.0.
Number = int | float

# An enum of a response: a member for a known value, otherwise the string.
Open = Annotated[T | str, Field(union_mode="left_to_right")]


class _Model(BaseModel):
    """Shared settings and a repr that masks secrets.

    `defer_build`: pydantic builds a validator when a model is first used. Building all of them at
    import would take seconds, and a program uses only a few models.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        defer_build=True,
        hide_input_in_errors=True,
        protected_namespaces=(),
    )

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            hidden = name is not None and value is not None and is_secret_name(name)
            yield name, MASK if hidden else value


class RequestModel(_Model):
    """Body of a request. Unknown fields and values are rejected with an error that names them."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class VerbatimRequestModel(RequestModel):
    """A request with wire names that are not camelCase, so they are not derived."""

    model_config = ConfigDict(alias_generator=None)


class ResponseModel(_Model):
    """Part of a response. Unexpected values raise no error."""

    model_config = ConfigDict(extra="allow")

    _api_request_id: str | None = PrivateAttr(default=None)

    @property
    def api_request_id(self) -> str | None:
        """The API's id of the request. None on nested parts."""
        return self._api_request_id

    @model_validator(mode="wrap")
    @classmethod
    def _keep_misfits(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            misfits = {str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}
            # Another Literal means another variant of the union, which only the union can select.
            wrong_variant = any(detail["type"] == "literal_error" for detail in error.errors())
            if wrong_variant or not misfits or not isinstance(data, dict):
                raise
            return cls._with_misfits(data, misfits, handler)

    @classmethod
    def _with_misfits(
        cls, data: dict[str, Any], misfits: set[str], handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        """Keep values of another type as unknown fields, so that no attribute has another type."""
        model = handler({key: value for key, value in data.items() if key not in misfits})
        kept = {key: data[key] for key in data.keys() & misfits}
        model.__pydantic_extra__ = {**(model.__pydantic_extra__ or {}), **kept}
        return model


class VerbatimResponseModel(ResponseModel):
    """A response with wire names that are not camelCase, so they are not derived."""

    model_config = ConfigDict(alias_generator=None)


class UnknownVariant(ResponseModel):
    """An object of a kind that is not in the OpenAPI spec. Its fields are attributes."""
