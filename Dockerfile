ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
WORKDIR /srv/sic
COPY requirements/runtime.txt requirements.txt
RUN python3 -m venv --without-pip /srv/venv \
 && python3 -m pip --python /srv/venv/bin/python install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
ENV PATH=/srv/venv/bin:$PATH \
    SIC_DATABASE_URL=sqlite:////srv/sic/var/sic.db
COPY . .
# The content is part of the image, readable by every user, so that it serves without network and without a volume.
RUN python -m api migrate \
 && python -m api load seed/karabakh \
 && python -m compileall -q api migrations seed \
 && chmod -R a+rX /srv

FROM ${BASE}
LABEL org.opencontainers.image.title="sic" \
      org.opencontainers.image.licenses="Apache-2.0 AND CC-BY-4.0"
COPY --from=build /srv /srv
WORKDIR /srv/sic
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONMALLOC=malloc \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SIC_DATABASE_URL=sqlite:////srv/sic/var/sic.db
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
ENTRYPOINT ["python", "-m", "api"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
