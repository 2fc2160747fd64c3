"""A name server of our own on the loopback, with the records that a test gives it."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], Sequence[str]]
"""(name, type) -> records as a zone file has them; a type of SERVFAIL makes the server fail for that name."""


@contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    """Answer questions until the block ends; gives host:port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as served:
        served.bind(("127.0.0.1", 0))
        stop = b"stop"
        thread = threading.Thread(target=_serve, args=(served, zone, stop))
        thread.start()
        try:
            yield f"127.0.0.1:{served.getsockname()[1]}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(stop, served.getsockname())
            thread.join()


def _serve(served: socket.socket, zone: Zone, stop: bytes) -> None:
    while True:
        packet, asker = served.recvfrom(4096)
        if packet == stop:
            return
        served.sendto(_answer(dns.message.from_wire(packet), zone).to_wire(), asker)


def _answer(question: dns.message.Message, zone: Zone) -> dns.message.Message:
    answer = dns.message.make_response(question)
    answer.flags |= dns.flags.AA | dns.flags.RA
    asked = question.question[0]
    name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
    if (name, "SERVFAIL") in zone:
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif records := zone.get((name, kind)):
        answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *records))
    elif not any(known == name for known, _ in zone):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer


def txt(text: str) -> str:
    """A TXT record in pieces of at most 255 bytes, as the DNS keeps them."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, max(1, len(text)), 255))
