"""Asks web servers, those of the URLs given or one of its own, for the headers of a page."""

import asyncio
import sys
from urllib.parse import urlsplit


async def print_headers(url):
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls or None)
    writer.write(f"HEAD {parts.path or '/'} HTTP/1.0\r\nHost: {parts.hostname}\r\n\r\n".encode())
    async for line in reader:
        header = line.decode("latin-1").rstrip()
        if not header:
            break
        print(f"header: {header}")
    writer.close()


async def answer(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\n")
    await writer.drain()
    writer.close()


async def main():
    for url in sys.argv[1:]:
        await print_headers(url)
    if sys.argv[1:]:
        return
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await print_headers(f"http://127.0.0.1:{port}/")


asyncio.run(main())
