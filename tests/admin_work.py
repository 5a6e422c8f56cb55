"""Builds for a process of their own to do; importable, as a spawned process needs."""

from __future__ import annotations

import os
from multiprocessing.connection import Connection

from service.admin import Built


def good(connection: Connection) -> None:
    connection.send(("progress", "读取", 0.25))
    connection.send(("progress", "检查", 0.9))
    connection.send(("built", Built(2, 1, 0, (("坏.pdf", "没有文字层"),))))


def told_error(connection: Connection) -> None:
    connection.send(("error", "磁盘已满"))


def dies(connection: Connection) -> None:
    os._exit(7)
