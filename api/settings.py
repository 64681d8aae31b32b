"""What a deployment decides: SIC_* environment variables."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _root_path(value: str) -> str:
    if value and (not value.startswith("/") or value.endswith("/")):
        raise ValueError("a root path begins with '/' and does not end with it, e.g. /sic")
    return value


def _public_url(value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError("a public URL begins with https:// or http://")
    return value.rstrip("/") if value else None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SIC_", extra="ignore")

    database_url: str = Field("sqlite:///var/sic.db", description="Where the content is read from.")
    load_database_url: str | None = Field(None, description="Where `load` and `migrate` write, if not there.")
    index_dir: Path | None = Field(None, description="Where text indexes are kept; beside a SQLite file if unset.")
    root_path: Annotated[str, AfterValidator(_root_path)] = Field("", description="Prefix of every path in an answer.")
    public_url: Annotated[str | None, AfterValidator(_public_url)] = Field(
        None, description="Makes the ids in JSON-LD absolute; without it they are urn:sic:{kind}:{id}."
    )
    answer_cache_bytes: int = Field(64_000_000, ge=0, description="Memory for remembered answers; 0 turns them off.")
    access_log: Literal["on", "off"] = Field("on", description="One JSON line for each request.")
    max_concurrency: int = Field(64, ge=1, description="Answers computed or streamed at once; beyond it 503.")
    threads: int = Field(8, ge=1, description="Worker threads and database connections of a process.")
    poll_seconds: float = Field(0.5, gt=0, description="How often a process looks for newly published content.")
    statement_timeout_ms: int = Field(10_000, ge=1, description="PostgreSQL's statement_timeout for reading.")
    metrics_port: int | None = Field(None, ge=1, le=65535, description="Serves /metrics there instead.")
    reader_role: str | None = Field(
        None, description="PostgreSQL role that may read what `load` and `migrate` publish."
    )

    @property
    def writing_url(self) -> str:
        return self.load_database_url or self.database_url

    @property
    def index_root(self) -> Path | None:
        """The directory of index directories, or None: then indexes live in memory."""
        if self.index_dir is not None:
            return self.index_dir
        if self.database_url.startswith("sqlite:///"):
            return Path(self.database_url.removeprefix("sqlite:///") + ".index")
        return None
