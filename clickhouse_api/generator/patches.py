"""Corrections of the spec, each with its reason. The checked-in spec stays as published."""

from __future__ import annotations

from collections.abc import Callable

from clickhouse_api.generator.document import JsonObject

__all__ = ["PATCHES", "REPEATABLE_POSTS", "apply_patches"]


def name_inline_bodies(document: JsonObject) -> None:
    """Name inline request bodies after their operation (`UdfAttachRequest`).

    Only `udfAttach` has an inline body. A caller needs a class that it can construct.
    """
    schemas = document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                if "$ref" not in content["schema"]:
                    identifier = operation["operationId"]
                    name = f"{identifier[:1].upper()}{identifier[1:]}Request"
                    schemas[name] = content["schema"]
                    content["schema"] = {"$ref": f"#/components/schemas/{name}"}


def name_udf_variants(document: JsonObject) -> None:
    """Name the two variants of each UDF creation after their runtime type.

    `UdfCreateRequest` and `UdfVersionCreateRequest` are unions of two nameless objects.
    """
    schemas = document["components"]["schemas"]
    for union in ("UdfCreateRequest", "UdfVersionCreateRequest"):
        references = []
        for variant in schemas[union]["oneOf"]:
            kind = "Pool" if variant["properties"]["type"]["const"] == "executable_pool" else ""
            name = union.replace("Udf", f"Udf{kind or 'Executable'}", 1)
            schemas[name] = variant
            references.append({"$ref": f"#/components/schemas/{name}"})
        schemas[union] = {"oneOf": references}


def name_regex_condition(document: JsonObject) -> None:
    """Name the only unnamed object in the values of a map."""
    schemas = document["components"]["schemas"]
    union = schemas["ClickStackMongoDBCASLPermissionConditions"]["additionalProperties"]["oneOf"]
    name = "ClickStackMongoDBCASLPermissionRegex"
    schemas[name] = union[1]
    union[1] = {"$ref": f"#/components/schemas/{name}"}


PATCHES: tuple[Callable[[JsonObject], None], ...] = (
    name_inline_bodies,
    name_udf_variants,
    name_regex_condition,
)

# POSTs that may be repeated, because they replace a whole setting or only read. All other POSTs are
# never repeated if they may have arrived.
REPEATABLE_POSTS = frozenset(
    {
        "clickPipeSchemaDiscovery",
        "clickStackValidateDashboard",
        "clickStackValidateWebhook",
        "instanceQueryEndpointUpsert",
        "organizationByocInfrastructureValidate",
        "scalingScheduleUpsert",
    }
)


def apply_patches(document: JsonObject) -> None:
    """Apply every patch in place.

    Raises:
        ValueError: a patch has no effect.
    """
    for patch in PATCHES:
        before = len(document["components"]["schemas"])
        patch(document)
        if len(document["components"]["schemas"]) == before:
            raise ValueError(f"patch {patch.__name__} has no effect: delete or adjust it")
