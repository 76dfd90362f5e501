"""What an operator may set, read once by the composition root and handed in."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

PORT_DEFAULT = 8765


class Settings(BaseModel):
    """Settings of one `dreamsync serve` and of the processes it starts.

    They come from the command line; each has an environment variable of the same name with
    `DREAMSYNC_` before it (`DREAMSYNC_PORT`). The children get them as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    host: str = "127.0.0.1"
    port: int = Field(default=PORT_DEFAULT, ge=0, le=65_535)
    workers: int = Field(default=1, ge=1, le=64)  # nodes behind the one port
    data: str = ""  # folder of the embedded store; "" where `store` is given
    store: str = ""  # URL of a store; "" for the embedded one
    profile: str = ""  # what a commit must survive: see store/profiles.py; "" takes what suits
    replicas: int = Field(default=0, ge=0, le=5)  # confirmations asked of replicas (WAIT)
    worlds: str = ""  # a folder with packs besides the shipped ones
    public_pack: str = "expo"  # the ready-made public world; "" for none
    address: str = ""  # what people type, where it is not host and port: behind a proxy, with TLS
    allow_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    operator_token: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    log_json: bool = False
    verbose: bool = False
    dev: bool = False  # watch the packs' files, and let worlds go on under what changed

    @property
    def data_path(self) -> Path:
        """The folder of the embedded store."""
        return Path(self.data).absolute()
