"""Write Synapse's configuration (JSON, which is YAML too) from the environment and the secrets.

Given the path of the file, which only its owner may read: it holds the database's password.
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

SECRETS = Path(os.environ.get("SECRETS", "/run/secrets"))
DATA = os.environ.get("DATA", "/data")
Settings = dict[str, object]


def secret(name: str) -> str:
    """Return a secret without the end of its line."""
    return (SECRETS / name).read_text(encoding="utf-8").strip()


def mail(environment: dict[str, str]) -> Settings:
    """Return the section on mail; none without a relay."""
    if not environment.get("MAIL_HOST"):
        return {}
    security = environment.get("MAIL_SECURITY", "none")
    section: Settings = {
        "smtp_host": environment["MAIL_HOST"],
        "smtp_port": int(environment.get("MAIL_PORT") or 25),
        "force_tls": security == "tls",
        "require_transport_security": security == "starttls",
        "enable_tls": security != "none",
        "notif_from": f"%(app)s <{environment['MAIL_FROM']}>",
        "app_name": environment["ASSOCIATION"],
        "client_base_url": environment["URL"],
    }
    if environment.get("MAIL_USER"):
        section |= {"smtp_user": environment["MAIL_USER"], "smtp_pass": secret("mail_password")}
    return {"email": section}


def federation(environment: dict[str, str]) -> Settings:
    """Return who may talk with us: nobody (an empty list), or everybody (no list)."""
    # Only other servers' keys need a notary; asking matrix.org would tell it whom we talk with.
    common: Settings = {"trusted_key_servers": [], "allow_public_rooms_over_federation": False}
    return common if environment["FEDERATION"] == "open" else common | {"federation_domain_whitelist": []}


def database() -> Settings:
    """Return where the tables are."""
    arguments: Settings = {
        "user": "synapse", "password": secret("db_password"), "dbname": "synapse",
        "host": os.environ.get("DB_HOST", "db"), "port": 5432, "cp_min": 3, "cp_max": 10,
    }  # fmt: skip
    return {"database": {"name": "psycopg2", "args": arguments}}


def privacy() -> Settings:
    """Return what is kept for how long, and what is not told to the makers."""
    return {
        "report_stats": False,
        "url_preview_enabled": False,
        "user_ips_max_age": "14d",
        "redaction_retention_period": "7d",
        "forgotten_room_retention_period": "28d",
        "delete_stale_devices_after": "1y",
        "allow_guest_access": False,
        "require_auth_for_profile_requests": True,
        "limit_profile_requests_to_users_who_share_rooms": True,
        "allow_public_rooms_without_auth": False,
        "turn_uris": [],
    }


def configuration(environment: dict[str, str]) -> Settings:
    """Return all of it."""
    domain = environment["DOMAIN"]
    if urlsplit(environment["URL"]).hostname != domain:
        sys.exit(f"{environment['URL']} is not at {domain}")
    resources = [{"names": ["client", "federation"], "compress": False}]
    listener: Settings = {"port": 8008, "type": "http", "x_forwarded": True}
    return {
        "server_name": domain,
        "public_baseurl": f"{environment['URL']}/",
        # Other servers ask under /.well-known/matrix/server and are led to port 443.
        "serve_server_wellknown": True,
        "web_client_location": environment["URL"],
        "admin_contact": f"mailto:{environment['CONTACT']}",
        "listeners": [listener | {"tls": False, "resources": resources}],
        "log_config": os.environ.get("LOG_CONFIG", "/provisioner/log.yaml"),
        "media_store_path": f"{DATA}/media",
        "signing_key_path": f"{DATA}/signing.key",
        "max_upload_size": "50M",
        # Accounts are made by invitation: a token the administrator hands out.
        "enable_registration": True,
        "registration_requires_token": True,
        "registration_shared_secret_path": str(SECRETS / "registration_secret"),
        "macaroon_secret_key_path": str(SECRETS / "macaroon_secret"),
        "form_secret_path": str(SECRETS / "form_secret"),
        "suppress_key_server_warning": True,
        "caches": {"global_factor": 0.5},
        **database(), **privacy(), **mail(environment), **federation(environment),
    }  # fmt: skip


if __name__ == "__main__":
    os.umask(0o077)
    Path(sys.argv[1]).write_text(json.dumps(configuration(dict(os.environ)), indent=1), encoding="utf-8")
