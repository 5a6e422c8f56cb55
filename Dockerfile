# 问策 WenCe: builds with the network, runs without it.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY indexer indexer
COPY service service
COPY eval eval
# A CPU build of torch keeps the image small: pass --build-arg PIP_EXTRA_INDEX_URL=… for one, or put wheels
# in wheels/ and pass --build-arg PIP_FIND_LINKS=/wheels.
ARG PIP_EXTRA_INDEX_URL
ARG PIP_FIND_LINKS
COPY wheel[s] /wheels/
RUN pip install --constraint requirements.lock --editable .
COPY models models
COPY prompts prompts
COPY corpus corpus
RUN python -m indexer build --corpus corpus --index /data/index --quiet

FROM ${PYTHON}
RUN useradd --create-home --uid 10001 wence
COPY --from=build /venv /venv
COPY --from=build --chown=wence:wence /app /app
COPY --from=build --chown=wence:wence /data /data
WORKDIR /app
USER wence
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    WENCE_HOST=0.0.0.0 \
    WENCE_PORT=8000 \
    WENCE_CORPUS=/app/corpus \
    WENCE_INDEX=/data/index
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["python", "-m", "service"]
