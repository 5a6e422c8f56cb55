"""Tell monitors and load balancers how the service is."""

from __future__ import annotations

from fastapi import APIRouter, Response

from service import metrics as exposition
from service.api import problems
from service.desk import Desk
from service.schemas import StateView


def operations(desk: Desk) -> APIRouter:
    """Return `/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter(tags=["运行"])

    @router.get("/healthz", summary="进程是否活着", operation_id="healthz")
    async def healthz() -> StateView:
        """进程活着就回 200，不论有没有索引。"""
        return StateView(status="ok")

    @router.get("/readyz", summary="能否回答提问", responses=problems(503), operation_id="readyz")
    async def readyz() -> StateView:
        """有可用的索引回 200，否则 503 并说明原因。"""
        serving = desk.serving()
        return StateView(status="ok", index_version=serving.version, documents=len(serving.library.entries))

    @router.get(
        "/metrics",
        summary="Prometheus 指标",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        operation_id="metrics",
    )
    def metrics() -> Response:
        """各项计数与用时，Prometheus 文本格式。"""
        return Response(desk.metrics.text(), media_type=exposition.CONTENT_TYPE)

    return router
