"""End users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional

from .._call import Call, body, path_of
from .._entities import EndUserResponse, EndUsers

if TYPE_CHECKING:
    from .._entities import EndUserStatus


class EndUsersResource:
    """``client.end_users``"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(
        self,
        external_id: str,
        email: Optional[str] = None,
        name: Optional[str] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> EndUserResponse:
        """Creates an end user by your own id. Raises :class:`DuplicateCustomerError` when there is one already."""
        fields = body(external_id=external_id, email=email, name=name, metadata=metadata)
        return self._call.send(EndUserResponse, "POST", "/v1/end-users", fields)

    def retrieve(self, end_user_id: str) -> EndUserResponse:
        """One end user."""
        return self._call.get(EndUserResponse, path_of("/v1/end-users/{end_user_id}", end_user_id=end_user_id))

    def update(
        self,
        end_user_id: str,
        *,
        email: Optional[str] = None,
        name: Optional[str] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> EndUserResponse:
        """Changes what is given."""
        path = path_of("/v1/end-users/{end_user_id}", end_user_id=end_user_id)
        return self._call.send(EndUserResponse, "PATCH", path, body(email=email, name=name, metadata=metadata))

    def list(
        self,
        status: Optional[EndUserStatus] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        *,
        external_id: Optional[str] = None,
    ) -> EndUsers:
        """End users, 100 a page unless ``limit`` (at most 1000) says otherwise."""
        return self._call.page(
            EndUsers, "/v1/end-users", status=status, limit=limit, offset=offset, external_id=external_id
        )

    def deactivate(self, end_user_id: str) -> EndUserResponse:
        """Soft-deletes an end user. The usage stays."""
        path = path_of("/v1/end-users/{end_user_id}/deactivate", end_user_id=end_user_id)
        return self._call.send(EndUserResponse, "POST", path)

    def reactivate(self, end_user_id: str) -> EndUserResponse:
        """Restores a deactivated end user."""
        path = path_of("/v1/end-users/{end_user_id}/reactivate", end_user_id=end_user_id)
        return self._call.send(EndUserResponse, "POST", path)
