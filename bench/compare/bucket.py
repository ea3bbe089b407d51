"""A real S3 server, and a proxy before it that makes every request take longer, as a bucket far away does."""

import asyncio
import base64
import hashlib
import hmac
import http.client
import os
import shutil
import socket
import subprocess
import threading
import time
from email.utils import formatdate
from pathlib import Path

from timing import Failed

IDENTITY, SECRET = "bench", "bench-secret"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """S3Proxy, which checks signatures, with its objects in memory."""

    def __init__(self, jar: Path, java: str, directory: Path):
        if not jar.exists():
            raise Failed(f"no {jar}; the build puts it there: mvn -DskipTests package")
        self.port = free_port()
        directory.mkdir()
        (directory / "s3proxy.conf").write_text(
            f"s3proxy.endpoint=http://127.0.0.1:{self.port}\ns3proxy.authorization=aws-v2-or-v4\n"
            f"s3proxy.identity={IDENTITY}\ns3proxy.credential={SECRET}\njclouds.provider=transient-nio2\n")
        with (directory / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [java, "-Xmx512m", "-XX:TieredStopAtLevel=1", "-jar", str(jar), "--properties", "s3proxy.conf"],
                cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not self.listens():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"the S3 server did not start; see {directory}/server.log")
            time.sleep(0.1)

    def listens(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def make(self, bucket: str) -> None:
        """Makes a bucket (signature version 2, which needs no library)."""
        date = formatdate(usegmt=True)
        text = f"PUT\n\n\n{date}\n/{bucket}/".encode()
        signature = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha1).digest()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("PUT", f"/{bucket}/", headers={"Date": date, "Authorization": f"AWS {IDENTITY}:{signature}"})
        status = connection.getresponse().status
        connection.close()
        if status != 200:
            raise Failed(f"the S3 server made no bucket: {status}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


class Web:
    """nginx with WebDAV, for caches that share by plain HTTP."""

    def __init__(self, directory: Path):
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if nginx is None:
            raise Failed("nginx is missing (package nginx-light)")
        self.port = free_port()
        (directory / "data").mkdir(parents=True)
        temporary = "".join(f"{name}_temp_path {directory}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.getuid() == 0 else ""
        (directory / "nginx.conf").write_text(
            f"{user} daemon off; worker_processes 1; pid {directory}/pid; error_log stderr warn; events {{ }}\n"
            f"http {{ access_log off; client_max_body_size 0; {temporary} root {directory}/data; dav_methods PUT DELETE; "
            f"create_full_put_path on; keepalive_requests 100000; server {{ listen 127.0.0.1:{self.port}; location / {{ }} }} }}\n")
        with (directory / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [nginx, "-e", "stderr", "-p", str(directory), "-c", f"{directory}/nginx.conf"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


async def received(reader: asyncio.StreamReader) -> bytes:
    """Some bytes; none when the connection ended, however it did."""
    try:
        return await reader.read(1 << 16)
    except OSError:
        return b""


class Delay:
    """Passes bytes on. What a client says after the server spoke, or first, is a request, and waits `seconds`."""

    def __init__(self, port: int, seconds: float):
        self.to, self.seconds, self.requests = port, seconds, 0
        self.tasks: set = set()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self.run, args=(ready,), daemon=True).start()
        ready.wait()

    def run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.close()
            return
        turn = {"client": False}
        self.tasks.add(asyncio.current_task())

        async def requests() -> None:
            while data := await received(reader):
                if not turn["client"]:
                    turn["client"] = True
                    self.requests += 1
                    await asyncio.sleep(self.seconds)
                far_writer.write(data)
                await far_writer.drain()
            far_writer.close()

        async def answers() -> None:
            while data := await received(far_reader):
                turn["client"] = False
                writer.write(data)
                await writer.drain()
            writer.close()

        await asyncio.gather(requests(), answers(), return_exceptions=True)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
