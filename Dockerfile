# docker build -t prrt-cds .
# docker run --rm -p 127.0.0.1:8000:8000 -e PRRT_CDS_JURISDICTION=US -e PRRT_CDS_ALLOW_UNAUTHENTICATED=1 prrt-cds
# In a container it listens beyond itself: without clients in its configuration it starts only if told so, as above.
# Without a jurisdiction it stops with one line: there is no default. Needs a writable /tmp, and keeps feedback, audit
# trail and site key in the volume /var/lib/prrt-cds, unless PRRT_CDS_DATABASE names a PostgreSQL.

# The rules engine comes as source only: its wheel is compiled here, and must import, before anything is copied on.
FROM python:3.12-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements-build.lock requirements.lock ./
RUN python -m venv /opt/prrt-cds \
    && /opt/prrt-cds/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock \
    && /opt/prrt-cds/bin/pip install --no-cache-dir --no-build-isolation --require-hashes -r requirements.lock \
    && /opt/prrt-cds/bin/python -c "import durable_rules_engine"
COPY pyproject.toml README.md ./
COPY cds_service cds_service
COPY rules rules
COPY fhir_samples fhir_samples
RUN /opt/prrt-cds/bin/pip install --no-cache-dir --no-build-isolation --no-deps . \
    && /opt/prrt-cds/bin/prrt-cds rules list

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin prrt \
    && install -d -o 10001 -m 0700 /var/lib/prrt-cds
COPY --from=build /opt/prrt-cds /opt/prrt-cds
ENV PATH=/opt/prrt-cds/bin:$PATH PYTHONUNBUFFERED=1 PRRT_CDS_DATABASE=/var/lib/prrt-cds/prrt-cds.sqlite3
VOLUME /var/lib/prrt-cds
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["prrt-cds"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
