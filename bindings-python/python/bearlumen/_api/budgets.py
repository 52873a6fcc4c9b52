"""Budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Union

from .._call import Call, body, path_of
from .._entities import Budget, Budgets

if TYPE_CHECKING:
    from decimal import Decimal


class BudgetsResource:
    """``client.budgets``"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(
        self,
        amount: Union[float, str, Decimal],
        *,
        name: Optional[str] = None,
        model: Optional[str] = None,
        user_id: Optional[str] = None,
        feature: Optional[str] = None,
        agent_id: Optional[str] = None,
        workflow_id: Optional[str] = None,
    ) -> Budget:
        """Sets what may be spent, in US dollars, in each billing period: for everything, or for one of ``model`` to
        ``workflow_id``. Nothing is stopped when it is.
        """
        fields = body(
            amount=amount if isinstance(amount, (int, float, str)) else str(amount),  # a decimal stays exact
            name=name,
            model=model,
            user_id=user_id,
            feature=feature,
            agent_id=agent_id,
            workflow_id=workflow_id,
        )
        return self._call.send(Budget, "POST", "/v1/budgets", fields)

    def list(self, limit: Optional[int] = None, offset: Optional[int] = None) -> Budgets:
        """What is set, the oldest first, what of it is spent and what the period will come to."""
        return self._call.page(Budgets, "/v1/budgets", limit=limit, offset=offset)

    def delete(self, budget_id: str) -> Budget:
        """Removes a budget, and answers it as it was."""
        path = path_of("/v1/budgets/{budget_id}", budget_id=budget_id)
        return self._call.send(Budget, "DELETE", path)
