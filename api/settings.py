"""What a deployment decides: SIC_* environment variables."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _database_url(value: str) -> str:
    """libpq itself reads the rest of a PostgreSQL URL, and names what is wrong with it without its secrets."""
    if value.startswith("sqlite:///") and value.removeprefix("sqlite:///"):
        return value
    if value.startswith(("postgresql://", "postgresql+psycopg://")):
        import psycopg
        from psycopg.conninfo import conninfo_to_dict

        try:
            conninfo_to_dict(value.replace("postgresql+psycopg://", "postgresql://", 1))
        except psycopg.ProgrammingError as error:
            raise ValueError(f"libpq does not understand it: {str(error).strip().splitlines()[0][:80]}") from None
        return value
    raise ValueError("a database URL is sqlite:///a/file.db or postgresql://user@host:5432/name")


def _root_path(value: str) -> str:
    if value and (not value.startswith("/") or value.endswith("/")):
        raise ValueError("a root path begins with '/' and does not end with it, e.g. /sic")
    return value


def _public_url(value: str | None) -> str | None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError("a public URL begins with https:// or http://")
    return value.rstrip("/") if value else None


def _networks(value: object) -> object:
    """Networks or addresses, comma-separated."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Network = IPv4Network | IPv6Network
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SIC_", extra="ignore", hide_input_in_errors=True)

    database_url: DatabaseUrl = Field("sqlite:///var/sic.db", description="Where the content is read from.")
    load_database_url: DatabaseUrl | None = Field(None, description="Where `load` and `migrate` write, if not there.")
    index_dir: Path | None = Field(None, description="Where text indexes are kept; beside a SQLite file if unset.")
    root_path: Annotated[str, AfterValidator(_root_path)] = Field("", description="Prefix of every path in an answer.")
    public_url: Annotated[str | None, AfterValidator(_public_url)] = Field(
        None,
        description="Makes ids and canonical links absolute, root path included; else ids are urn:sic:{kind}:{id}.",
    )
    contact: str | None = Field(None, description="Where readers dispute a record: an address that /about shows.")
    answer_cache_bytes: int = Field(64_000_000, ge=0, description="Memory for remembered answers; 0 turns them off.")
    batch_records: int = Field(500, ge=1, description="Records of a file that are read at once.")
    near_ids: int = Field(5000, ge=0, description="Ids of a kind up to which a wrong one gets a suggestion.")
    access_log: Literal["on", "off"] = Field("on", description="One JSON line for each request.")
    access_log_client: Literal["full", "net", "off"] = Field(
        "full", description="The client's address in the log: whole, its network (/24, /48), or not at all."
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = Field(
        (), description="Networks of proxies whose X-Forwarded-For is believed; without them the peer is the client."
    )
    max_concurrency: int = Field(128, ge=1, description="Pages computed or answered at once; beyond it 503.")
    max_streams: int = Field(64, ge=1, description="Files and long pages answered at once; beyond it 503.")
    request_seconds: float = Field(10, gt=0, description="How long computing an answer may take; beyond it 503.")
    threads: int = Field(8, ge=1, description="Worker threads and database connections of a process.")
    poll_seconds: float = Field(0.5, gt=0, description="How often a process looks for newly published content.")
    statement_timeout_ms: int = Field(10_000, ge=1, description="How long one statement may take on PostgreSQL.")
    workers: int = Field(1, ge=1, le=64, description="Processes that answer.")
    drain_seconds: float = Field(0, ge=0, description="How long to listen on, unready, after SIGTERM.")
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


def unknown_settings(environment: Iterable[str]) -> Iterator[str]:
    """A message for each SIC_* variable that is no setting, with the nearest setting."""
    settings = {f"SIC_{name}".upper() for name in Settings.model_fields}
    for name in sorted(environment):
        if name.startswith("SIC_") and name.upper() not in settings:
            near = get_close_matches(name, settings, n=1, cutoff=0.7)
            yield f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else "")
