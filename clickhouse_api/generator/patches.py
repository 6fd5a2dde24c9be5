"""Corrections to the document, each with its reason; the snapshot itself stays as published."""

from __future__ import annotations

from collections.abc import Callable

from clickhouse_api.generator.document import JsonObject

__all__ = ["PATCHES", "REPEATABLE_POSTS", "apply_patches"]


def name_inline_bodies(document: JsonObject) -> None:
    """Give request bodies without a name one, after their operation (`UdfAttachRequest`).

    `udfAttach` alone describes its body in place; a caller needs a class to construct.
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
    """Name the two variants of each UDF creation after the runtime type that tells them apart.

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
    """Name the one object that stands nameless inside a map's values."""
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

# POSTs that make nothing a second time: they replace a whole setting or only look. All other POSTs
# are never repeated once they may have arrived.
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
    """Apply every patch in place; one that finds nothing to correct fails loudly."""
    for patch in PATCHES:
        before = len(document["components"]["schemas"])
        patch(document)
        if len(document["components"]["schemas"]) == before:
            raise ValueError(f"patch {patch.__name__} found nothing to correct: drop or adjust it")
