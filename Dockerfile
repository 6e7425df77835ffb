# The service for servers of your own: docker-compose.yml says how it is put together.
FROM python:3.11-slim

WORKDIR /srv/checkout
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

COPY checkout checkout
COPY admin admin
RUN useradd --system --no-create-home --uid 10001 checkout
USER 10001

# Workers share the port; a worker that dies is started anew, SIGTERM ends all in order.
EXPOSE 50051
CMD ["python", "-m", "checkout", "serve"]
