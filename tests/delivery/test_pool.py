"""Connections that are kept between mails, and given up in time."""

import gc
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

import pytest

from feedback_service.delivery.mail_server import MailServer
from feedback_service.delivery.pool import ConnectionPool
from tests.delivery.test_smtp import (
    MAIL,
    PATIENCE,
    SHOP,
    ZOE,
    Post,
    nothing_to_commit,
    playing,
    serving,
    up_to_the_body,
    whole_mail,
)


def pool_to(port: int, size: int = 4, idle: float = PATIENCE) -> ConnectionPool:
    return ConnectionPool(MailServer("127.0.0.1", port), size, idle=idle)


def send_one(pool: ConnectionPool) -> None:
    with pool.lent() as conversation:
        conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)


def test_a_connection_outlives_the_run_that_opened_it() -> None:
    post = Post()
    with serving(post) as port:
        pool = pool_to(port)
        for _ in range(5):
            send_one(pool)
        pool.close()
    assert (len(post.kept), len(post.connections)) == (5, 1)


def test_threads_share_as_many_connections_as_there_are_and_no_more() -> None:
    post = Post()
    with serving(post) as port:
        pool = pool_to(port, size=2)
        together, lent = threading.Barrier(2), []

        def work(_: int) -> None:
            with pool.lent() as conversation:
                lent.append(conversation)
                together.wait(PATIENCE)  # two at once, for as long as there are two
                conversation.send(SHOP, ZOE, MAIL, nothing_to_commit)

        with ThreadPoolExecutor(6) as threads:
            list(threads.map(work, range(6)))
        pool.close()
    assert len(post.kept) == 6
    assert len(post.connections) <= len(set(lent)) == 2


def _taken_then(end: Callable[[BinaryIO], None]) -> Callable[[BinaryIO, socket.socket], None]:
    def scene(stream: BinaryIO, _: socket.socket) -> None:
        up_to_the_body(stream)
        whole_mail(stream)
        stream.write(b"250 taken\r\n")
        end(stream)

    return scene


def test_a_connection_nobody_needs_is_closed_politely_after_a_while() -> None:
    heard: list[bytes] = []
    with playing(_taken_then(lambda stream: heard.append(stream.readline()))) as port:
        pool = pool_to(port, idle=0.05)
        send_one(pool)
    assert heard == [b"QUIT\r\n"], "by itself: the server was waited for, nobody else did anything"
    pool.close()


def test_a_connection_that_broke_meanwhile_is_replaced() -> None:
    with playing(_taken_then(lambda _: None), _taken_then(lambda stream: stream.readline() and None)) as port:
        pool = pool_to(port)
        send_one(pool)
        send_one(pool)
        pool.close()


def test_whoever_fails_in_the_middle_leaves_no_half_mail_behind() -> None:
    post = Post()
    with serving(post) as port:
        pool = pool_to(port)
        with pytest.raises(ZeroDivisionError), pool.lent() as conversation:
            conversation.send(SHOP, ZOE, MAIL, lambda: 1 / 0)  # type: ignore[arg-type]  # it returns nothing: it raises
        assert not conversation.is_open
        send_one(pool)
        pool.close()
    assert len(post.kept) == 1


def test_a_pool_that_is_forgotten_hangs_up() -> None:
    heard: list[bytes] = []
    with playing(_taken_then(lambda stream: heard.append(stream.readline()))) as port:
        pool = pool_to(port)
        send_one(pool)
        del pool
        gc.collect()
    assert heard == [b"QUIT\r\n"]


def test_a_pool_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        pool_to(25, size=0)
