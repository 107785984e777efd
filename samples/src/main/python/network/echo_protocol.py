"""The echo again, with transports and protocols: callbacks in place of tasks, and a future to wait for the end."""

import asyncio


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        print(f"server: got {data.decode()}")
        self.transport.write(data)
        self.transport.close()


class Question(asyncio.Protocol):
    def __init__(self, message, lost):
        self.message = message
        self.lost = lost

    def connection_made(self, transport):
        print(f"client: sends {self.message}")
        transport.write(self.message.encode())

    def data_received(self, data):
        print(f"client: got {data.decode()}")

    def connection_lost(self, exc):
        print("client: the server has closed the connection")
        self.lost.set_result(None)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        lost = loop.create_future()
        transport, _ = await loop.create_connection(lambda: Question("Hello, World!", lost), "127.0.0.1", port)
        try:
            await lost
        finally:
            transport.close()


asyncio.run(main())
