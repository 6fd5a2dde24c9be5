"""Test program: a service, a function and its attachment.

The config `args` has the function's arguments in `function`. Its `version` is the version to
attach: a number, `follow` for the function's output `version`, or absent. Without `function`, the
program has only the service.
"""

import pulumi

from resources import (
    Service,
    ServiceArgs,
    Udf,
    UdfArgs,
    UdfAttachment,
    UdfAttachmentArgs,
    get_organization,
)

args = pulumi.Config().get_object("args") or {}
organization = get_organization().id
service = Service(
    "one",
    ServiceArgs(
        organization_id=organization,
        cloud_provider="aws",
        region="eu-central-1",
        ip_access_list=["127.0.0.1/32"],
        name="one",
    ),
)
if "function" in args:
    function = Udf("twice", UdfArgs(organization_id=organization, **args["function"]))
    version = args.get("version")
    attachment = UdfAttachment(
        "attached",
        UdfAttachmentArgs(
            organization_id=organization,
            service_id=service.id,
            function_name=function.function_name,
            version=function.version if version == "follow" else version,
        ),
    )
    pulumi.export("version", function.version)
    pulumi.export("attached", attachment.version)
