# One image for every service; the command says which.
FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 toxwatch \
 && install -d -o toxwatch /data
WORKDIR /app
COPY requirements requirements
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/bootstrap.lock \
 && uv pip install --system --no-cache --compile-bytecode --require-hashes -r requirements/runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY safety safety
COPY expectations expectations
COPY dashboards dashboards
COPY dags dags
COPY studies studies
RUN uv pip install --system --no-cache --no-deps --no-build-isolation .
USER 10001
ENV TOXWATCH_HOME=/data TOXWATCH_STUDIES=/app/studies AIRFLOW_HOME=/data/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/app/dags AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False
CMD ["toxwatch", "serve", "--host", "0.0.0.0"]
