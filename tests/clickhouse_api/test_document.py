"""Every operation, schema, field and enum of the OpenAPI spec is in the client."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import typing
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from clickhouse_api import AsyncClient, Client, models
from clickhouse_api.results import Page
from tests.clickhouse_api.cloud import Cloud, Received, Reply, ok
from tests.clickhouse_api.samples import (
    SCHEMAS,
    check_sample,
    most_variants,
    operations,
    sample,
)

OPERATIONS = operations()
# An id that would be another path if it were not encoded.
HARD_SEGMENT = "a/b c%2F?é"


def snake(name: str) -> str:
    """Convert to snake_case without the generator's function, so that a test can check it."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name.replace(" ", "_"))
    return re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name).lower()


def method_of(client: Client | AsyncClient, operation: dict[str, Any]) -> Callable[..., Any]:
    group = getattr(client, snake(operation["tags"][0]))
    found: Callable[..., Any] = getattr(group, snake(operation["operationId"]))
    return found


def body_schema(operation: dict[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content", {})
    return content["application/json"]["schema"] if content else None


def answer_of(operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return (content type, schema) of the successful response."""
    statuses = [status for status in operation["responses"] if status.startswith("2")]
    assert len(statuses) == 1
    [(content_type, content)] = operation["responses"][statuses[0]]["content"].items()
    return content_type, content["schema"]


def choices(operation: dict[str, Any]) -> int:
    return most_variants({"all": [body_schema(operation) or {}, answer_of(operation)[1]]})


def reply_to(operation: dict[str, Any], choice: int) -> tuple[Reply, Any]:
    """Return the reply of the server and the expected result of the client."""
    content_type, schema = answer_of(operation)
    if content_type != "application/json":
        return Reply(200, b"some text\n", {"Content-Type": content_type}), "some text\n"
    value = sample(schema, choice)
    check_sample(schema, value)
    reply = Reply(200, json.dumps(value).encode(), {"Content-Type": content_type})
    return reply, value if isinstance(value, list) else value.get("result")


def arguments_for(
    method: Callable[..., Any], path: str, operation: dict[str, Any], choice: int
) -> tuple[list[Any], dict[str, Any], Any]:
    """Return positional and keyword arguments with every parameter, and the body as JSON."""
    positional: list[Any] = [HARD_SEGMENT for _ in re.findall(r"{\w+}", path)]
    schema, body = body_schema(operation), None
    if schema is not None:
        body = sample(schema, choice)
        check_sample(schema, body)
        hint = typing.get_type_hints(method)["body"]
        positional.append(TypeAdapter(hint).validate_python(body))
    keywords = {
        snake(parameter["name"]): sample(parameter["schema"], choice)
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    }
    return positional, keywords, body


def as_sent(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def check_request(
    request: Received, path: str, method: str, keywords: dict[str, Any], body: Any
) -> None:
    assert request.method == method.upper()
    expected = [HARD_SEGMENT if "{" in part else part for part in path.strip("/").split("/")]
    assert request.segments == expected
    sent: dict[str, list[str]] = {}
    for name, text in request.query:
        sent.setdefault(snake(name), []).append(text)
    assert sent == {name: as_sent(value) for name, value in keywords.items()}
    assert request.body == body


def as_json(response: Any) -> Any:
    if isinstance(response, BaseModel):
        return response.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return [as_json(item) for item in response] if isinstance(response, list) else response


def test_the_spec_has_174_operations() -> None:
    """The tests below would also pass for an empty spec."""
    assert len(OPERATIONS) == 174
    assert len(SCHEMAS) >= 440
    assert len({operation["operationId"] for _, _, operation in OPERATIONS}) == 174


def test_each_operation_exists_once_in_both_clients_and_there_are_no_others() -> None:
    """The public methods of the groups are exactly the operations of the spec."""
    for kind in ("", "Async"):
        methods = set()
        for tag in {operation["tags"][0] for _, _, operation in OPERATIONS}:
            module = __import__(f"clickhouse_api.operations.{snake(tag)}", fromlist=["x"])
            name = f"{kind}{''.join(w[0].upper() + w[1:] for w in snake(tag).split('_'))}Operations"
            members = inspect.getmembers(getattr(module, name), inspect.isfunction)
            methods |= {(snake(tag), name) for name, _ in members if not name.startswith("_")}
        assert methods == {
            (snake(operation["tags"][0]), snake(operation["operationId"]))
            for _, _, operation in OPERATIONS
        }


@pytest.mark.parametrize(
    ("path", "http_method", "operation"),
    OPERATIONS,
    ids=[operation["operationId"] for _, _, operation in OPERATIONS],
)
def test_an_operation_sends_every_argument_and_reads_every_field(
    path: str,
    http_method: str,
    operation: dict[str, Any],
    client: Client,
    async_client: Callable[[], AsyncClient],
    cloud: Cloud,
) -> None:
    """Over real HTTP, with both clients, for each variant of each union."""
    assert choices(operation) >= 1
    for choice in range(choices(operation)):
        reply, expected = reply_to(operation, choice)
        cloud.answers(reply)
        method = method_of(client, operation)
        positional, keywords, body = arguments_for(method, path, operation, choice)

        response = method(*positional, **keywords)
        check_request(cloud.requests.pop(), path, http_method, keywords, body)
        assert as_json(response) == expected

        async def call(arguments: list[Any], named: dict[str, Any]) -> Any:
            async with async_client() as awaited:
                return await method_of(awaited, operation)(*arguments, **named)

        assert as_json(asyncio.run(call(positional, keywords))) == expected
        check_request(cloud.requests.pop(), path, http_method, keywords, body)


def test_query_parameters_are_keywords_and_optional_unless_required() -> None:
    """Only path parameters and the body are positional."""
    seen = 0
    for _, _, operation in OPERATIONS:
        query = {p["name"]: p for p in operation["parameters"] if p["in"] == "query"}
        module = __import__(
            f"clickhouse_api.operations.{snake(operation['tags'][0])}", fromlist=["x"]
        )
        [group] = [
            value
            for name, value in vars(module).items()
            if name in module.__all__ and not name.startswith("Async")
        ]
        signature = inspect.signature(getattr(group, snake(operation["operationId"])))
        for name, parameter in query.items():
            seen += 1
            given = signature.parameters[snake(name)]
            assert given.kind is inspect.Parameter.KEYWORD_ONLY
            required = given.default is inspect.Parameter.empty
            assert required == parameter.get("required", False)
    assert seen > 50


def test_every_schema_has_a_model() -> None:
    """The model has the schema's name with a capital first letter."""
    checked = 0
    for name in SCHEMAS:
        model = getattr(models, name[0].upper() + name[1:])
        checked += 1
        if SCHEMAS[name].get("properties"):
            assert issubclass(model, BaseModel), name
    assert checked == len(SCHEMAS) >= 440


def test_every_documented_field_is_a_snake_case_attribute() -> None:
    """A model accepts both the field's name and the attribute's name."""
    checked = 0
    for name, schema in SCHEMAS.items():
        if not schema.get("properties") or "oneOf" in schema:
            continue
        model = getattr(models, name[0].upper() + name[1:])
        aliases = set()
        for attribute, field in model.model_fields.items():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", attribute), (name, attribute)
            generator = model.model_config["alias_generator"]
            aliases.add(field.alias or (generator(attribute) if generator else attribute))
            checked += 1
        assert aliases >= set(schema["properties"]), name
    assert checked > 1500


def test_every_enum_value_is_a_member_of_a_named_enum() -> None:
    """Each list of two or more strings is an enum. Equal lists are one enum."""
    enums = {
        name: getattr(models, name)
        for name in models.__all__
        if isinstance(getattr(models, name), type) and issubclass(getattr(models, name), str)
    }
    members = [frozenset(member.value for member in enum) for enum in enums.values()]
    request = [
        [parameter["schema"] for parameter in operation["parameters"]]
        for _, _, operation in OPERATIONS
    ]
    documented = set(_listed([SCHEMAS, request]))
    assert len(documented) > 90
    assert documented == set(members)
    # Only an enum that has two names in the spec may occur twice.
    named = [
        frozenset(schema["enum"])
        for schema in SCHEMAS.values()
        if schema.get("type") == "string" and "enum" in schema
    ]
    assert all(members.count(values) <= 1 + named.count(values) for values in members)


def _listed(node: Any) -> list[frozenset[str]]:
    if isinstance(node, list):
        return [found for item in node for found in _listed(item)]
    if not isinstance(node, dict):
        return []
    values = node.get("enum")
    found = [found for value in node.values() for found in _listed(value)]
    if isinstance(values, list) and len(values) > 1 and all(isinstance(v, str) for v in values):
        found.append(frozenset(values))
    return found


def test_no_class_has_a_numbered_name() -> None:
    """`Type17` has no meaning. The spec has some digits at the end (`ResourceTagsV1`)."""
    own = {name[0].upper() + name[1:] for name in SCHEMAS}
    assert len(models.__all__) > 600
    for name in models.__all__:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", name)
        stem = name.removesuffix("Output")
        property_names = {name_[0].upper() + name_[1:] for name_ in _property_names(SCHEMAS)}
        known = stem in own or any(stem.endswith(part) for part in property_names)
        assert not re.search(r"\d+$", name) or stem in own or known, name
        assert not re.fullmatch(r"(Type|Model|Enum|Field|Item|Value|Result)\d*", name), name
        assert not re.search(r"(Type|Model|Enum|Item|AllOf|AnyOf|OneOf)\d+$", name), name


def _property_names(node: Any) -> set[str]:
    names: set[str] = set()
    if isinstance(node, dict):
        names |= set(node.get("properties", {}))
        for value in node.values():
            names |= _property_names(value)
    elif isinstance(node, list):
        for item in node:
            names |= _property_names(item)
    return names


def test_a_page_has_the_paging_fields_of_the_response(client: Client, cloud: Cloud) -> None:
    """A page has the cursor of the next page."""
    cloud.answers(ok([{"id": "o"}], nextCursor="later", totalCount=7, limit=1))
    page = client.organization.organization_get_list(limit=1)
    assert isinstance(page, Page)
    assert [organization.id for organization in page] == ["o"]
    assert (page.next_cursor, page.total_count, page.limit) == ("later", 7, 1)
