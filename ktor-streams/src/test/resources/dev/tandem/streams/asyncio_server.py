"""A server on asyncio's streams: prints its port, or "ready" on a Unix socket, and answers one line at a time.

usage: asyncio_server.py [unix socket]
"""

import asyncio
import sys


async def answer(reader, writer):
    async for line in reader:
        command, _, argument = line.decode().strip().partition(" ")
        if command == "echo":
            writer.write(argument.encode() + b"\n")
        elif command == "send":
            writer.write(b"x" * int(argument))
        elif command == "receive":
            data = await reader.readexactly(int(argument))
            writer.write(b"%d of them x\n" % data.count(b"x"))
        elif command == "abort":
            writer.transport.abort()
            return
        await writer.drain()
    writer.write(b"after your end\n")
    writer.close()
    await writer.wait_closed()


async def main():
    if len(sys.argv) > 1:
        server = await asyncio.start_unix_server(answer, sys.argv[1])
        print("ready", flush=True)
    else:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        print("port", server.sockets[0].getsockname()[1], "ready", flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
