"""A process that serves an echo behind the guards, with deadlines short enough for a test; it prints its port.

python -m tests.service.plain_server
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from review_engine.service import server
from review_engine.web.limits import Limits

LIMIT = 64 * 1024
DEADLINE = 0.5


async def echo(request: Request) -> JSONResponse:
    """How many bytes arrived."""
    return JSONResponse({"bytes": len(await request.body())})


def main() -> None:
    """Serve."""
    server.HEAD_SECONDS = DEADLINE
    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])
    app.add_middleware(Limits, body=LIMIT, seconds=DEADLINE)
    listening = server.listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server.run(app, listening, ready=lambda: print(port, flush=True))


if __name__ == "__main__":
    main()
