# The service for servers of your own: docker-compose.yml says how it is put together.
# The engine is compiled for the same Python, in an image that has a C compiler: docs/speed.md says what for.
FROM python:3.11 AS native
WORKDIR /srv/checkout
COPY requirements-dev.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements-dev.txt
COPY checkout checkout
RUN python -m checkout.native

FROM python:3.11-slim AS service

WORKDIR /srv/checkout
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

COPY checkout checkout
COPY --from=native /srv/checkout/build/native build/native
COPY admin admin
RUN useradd --system --no-create-home --uid 10001 checkout
USER 10001

# Workers share the port; a worker that dies is started anew, SIGTERM ends all in order.
EXPOSE 50051
CMD ["python", "-m", "checkout", "serve"]

# The same with Locust and what it sells: tills for a load test (docs/loadtests.md).
FROM service AS load
USER 0
COPY requirements-dev.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements-dev.txt
COPY loaders loaders
COPY loadtests loadtests
USER 10001
EXPOSE 8089
CMD ["python", "-m", "locust", "-f", "loadtests/locust_users/locustfile.py"]
