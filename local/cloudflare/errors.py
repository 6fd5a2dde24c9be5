"""The one error of this API, and the real service's codes for the refusals imitated here.

Codes marked †, here and elsewhere, were seen in public reports about the real API or in wrangler's
code; the others are this server's own where no public trace was found.
"""

from __future__ import annotations

__all__ = ["ApiError"]


class ApiError(Exception):
    """A refusal: becomes `{success: false, errors: [{code, message}]}` with this status."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    @classmethod
    def no_credentials(cls) -> ApiError:
        """†"""
        return cls(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")

    @classmethod
    def malformed_credentials(cls) -> ApiError:
        """† The real answer has the second half in an `error_chain` (6111)."""
        return cls(400, 6003, "Invalid request headers: Invalid format for Authorization header")

    @classmethod
    def wrong_token(cls) -> ApiError:
        """†"""
        return cls(403, 9109, "Invalid access token")

    @classmethod
    def foreign_account(cls) -> ApiError:
        """† What a token gets for an account it has no rights in."""
        return cls(403, 10000, "Authentication error")

    @classmethod
    def unroutable(cls, path: str) -> ApiError:
        """†"""
        return cls(
            404, 7003, f"Could not route to {path}, perhaps your object identifier is invalid?"
        )

    @classmethod
    def unknown_operation(cls, method: str, path: str) -> ApiError:
        """† The code; the sentence says more than the original."""
        return cls(
            404, 7000, f"No route for that URI: {method} {path} is not imitated by this local API"
        )

    @classmethod
    def no_script(cls) -> ApiError:
        """†"""
        return cls(404, 10007, "This Worker does not exist on your account.")

    @classmethod
    def no_service(cls) -> ApiError:
        """†"""
        return cls(404, 10090, "This Worker does not exist on your account.")

    @classmethod
    def invalid_upload(cls, message: str) -> ApiError:
        """† The code of everything wrong with a script or its metadata."""
        return cls(400, 10021, message)

    @classmethod
    def variable_too_large(cls, name: str, size: int, limit: int) -> ApiError:
        """† The code and the keyword; the message is longer than the original."""
        return cls(
            400,
            10054,
            f"workers.api.error.text_binding_too_large: '{name}' has {size} bytes, at most {limit} "
            "are allowed.",
        )

    @classmethod
    def not_imitated(cls, what: str) -> ApiError:
        """Asked for something real that this server leaves out."""
        return cls(501, 10021, f"{what} is not imitated by this local API")

    @classmethod
    def bad_request(cls, message: str) -> ApiError:
        """Anything wrong with a request that is no upload."""
        return cls(400, 10001, message)
