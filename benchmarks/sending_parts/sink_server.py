"""A mail server that accepts everything and keeps a list of what it accepted: `sink_server.py LIST DELAY PORT`.

It runs until it is killed. LIST gets one Message-ID a line, written before the mail is accepted; DELAY is seconds
before each answer, as a relay far away takes them; PORT is the file that it writes its port into.
"""

import asyncio
import re
import sys
from pathlib import Path

_MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)\r$", re.MULTILINE)
_END = b"\r\n.\r\n"


class Sink:
    """Answers one connection after the other's commands, each in its turn."""

    def __init__(self, kept: Path, delay: float) -> None:
        self._kept = kept.open("ab", buffering=0)
        self._delay = delay

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak to one client until it hangs up."""
        try:
            writer.write(b"220 sink\r\n")
            while line := await reader.readline():
                await self._answer(line[:4].upper().strip(), reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, verb: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._wait()
        if verb == b"EHLO":
            writer.write(b"250-sink\r\n250 8BITMIME\r\n")
        elif verb == b"DATA":
            writer.write(b"354 go on\r\n")
            mail = await reader.readuntil(_END)
            await self._wait()
            found = _MESSAGE_ID.search(mail)
            self._kept.write((found.group(1) if found else b"none") + b"\n")
            writer.write(b"250 kept\r\n")
        else:
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")

    async def _wait(self) -> None:
        if self._delay:
            await asyncio.sleep(self._delay)


async def main() -> None:
    """Listen on a free port for ever."""
    sink = Sink(Path(sys.argv[1]), float(sys.argv[2]))
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, limit=2**20)
    Path(sys.argv[3]).write_text(f"{server.sockets[0].getsockname()[1]}\n")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
