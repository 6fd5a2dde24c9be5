"""The local clouds as background processes, and the Pulumi stack that is deployed on them."""
